import {
  CONSTANT_1,
  CELL_SHAPES,
  NO_NET,
  NetlistBuilder,
  isCombinational,
  kindOf,
  levelize,
  operandsOf,
  resultsOf,
  type CellKind,
  type Netlist,
} from '@adiabit/simulator';

/** Adds a cell to the new netlist and gives the nets of its results. */
export type Emit = (kind: CellKind, ...operands: readonly number[]) => readonly number[];

/** A cell of the old netlist, its operands already in nets of the new one. */
export interface OldCell {
  /** Its place in the old cell table. */
  readonly index: number;
  readonly kind: CellKind;
  readonly operands: readonly number[];
}

/** What becomes of a cell: the nets of the new netlist that carry its results, made with `emit` or there before. */
export type Rule = (cell: OldCell, emit: Emit) => readonly number[];

/** Which cells and memories stay. */
export interface Kept {
  readonly cell: (cell: number) => boolean;
  readonly memory: (memory: number) => boolean;
}

/** The rule that changes nothing. */
export const keepCell: Rule = ({ kind, operands }, emit) => emit(kind, ...operands);

/**
 * Builds a netlist anew, cell by cell in an order in which operands are ready, as a rule says. Ports and groups stay;
 * a probe stays while all its nets do. A register whose input comes later (feedback) is kept without asking the rule.
 * Cells and memories that are not kept are left out; only such may read them.
 */
export function rewrite(
  netlist: Netlist,
  rule: Rule,
  areKept: Kept = { cell: () => true, memory: () => true },
): Netlist {
  const { cells, groups } = netlist;
  const builder = new NetlistBuilder(netlist.name);
  for (const { name, role } of groups.slice(1)) builder.enterGroup(name, role);
  const newNet = new Int32Array(netlist.netCount).fill(NO_NET);
  for (let constant = 0; constant <= CONSTANT_1; constant++) newNet[constant] = constant;
  for (const { name, nets } of netlist.inputs) {
    builder.input(name, nets.length).forEach((net, bit) => (newNet[nets[bit]] = net));
  }
  const emit: Emit = (kind, ...operands) => {
    const first = builder.cell(kind, ...operands);
    return CELL_SHAPES[kind].results === 2 ? [first, first + 1] : [first];
  };
  const feedback: (() => void)[] = [];
  for (const [index, { name, group, depth, address, data, write, contents }] of netlist.memories.entries()) {
    if (!areKept.memory(index)) continue;
    builder.resumeGroup(group);
    const memory = builder.memory(name, {
      depth,
      width: data.length,
      ...(contents === undefined ? {} : { contents }),
    });
    data.forEach((net, bit) => (newNet[net] = memory.data[bit]));
    const moved = (nets: Int32Array): number[] => Array.from(nets, (net) => newNet[net]);
    feedback.push(() => {
      memory.connectRead(moved(address));
      if (write !== undefined)
        memory.connectWrite({ enable: newNet[write.enable], address: moved(write.address), data: moved(write.data) });
    });
  }
  for (const index of evaluationOrder(netlist)) {
    if (!areKept.cell(index)) continue;
    const kind = kindOf(cells, index);
    const operands = operandsOf(cells, index).map((net) => newNet[net]);
    builder.resumeGroup(cells.group[index]);
    if (kind === 'register' && operands[0] === NO_NET) {
      const register = builder.openRegister();
      newNet[cells.out[index]] = register.q;
      feedback.push(() => register.connect(newNet[cells.a[index]]));
    } else {
      const results = rule({ index, kind, operands }, emit);
      resultsOf(cells, index).forEach((net, position) => (newNet[net] = results[position]));
    }
  }
  for (const connect of feedback) connect();
  for (const { name, nets, signed } of netlist.outputs)
    builder.output(
      name,
      nets.map((net) => newNet[net]),
      signed,
    );
  for (const { name, nets, signed } of netlist.probes) {
    const kept = nets.map((net) => newNet[net]);
    if (!kept.includes(NO_NET)) builder.probe(name, kept, signed);
  }
  return builder.build();
}

/** Cells as they stand where that works, else registers and configuration first and the others by level. */
function evaluationOrder(netlist: Netlist): Iterable<number> {
  const { cells } = netlist;
  const asTheyStand = Int32Array.from({ length: cells.count }, (_, cell) => cell);
  const ready = new Uint8Array(netlist.netCount);
  ready.fill(1, 0, CONSTANT_1 + 1);
  for (const { nets } of netlist.inputs) nets.forEach((net) => (ready[net] = 1));
  for (const { data } of netlist.memories) data.forEach((net) => (ready[net] = 1));
  const stands = asTheyStand.every((cell) => {
    const evaluable = !isCombinational(kindOf(cells, cell)) || operandsOf(cells, cell).every((net) => ready[net] === 1);
    for (const net of resultsOf(cells, cell)) ready[net] = 1;
    return evaluable;
  });
  if (stands) return asTheyStand;
  return [...asTheyStand.filter((cell) => !isCombinational(kindOf(cells, cell))), ...levelize(netlist).order];
}
