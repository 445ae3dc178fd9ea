import type { Steps } from '@adiabit/simulator/circuit';
import {
  CELL_CODES,
  COMBINATIONAL,
  CONSTANT_1,
  NO_NET,
  NetlistBuilder,
  OPERAND_COUNTS,
  RESULT_COUNTS,
  levelize,
  type Netlist,
} from '@adiabit/simulator/netlist';
import { CELLS_A_STEP } from './pass.js';

/** A cell of the old netlist, its operands already in nets of the new one. The same object stands for every cell. */
export interface OldCell {
  /** Its place in the old cell table. */
  readonly index: number;
  /** The code of its kind. */
  readonly code: number;
  /** The first operand. Operands that the kind does not have are NO_NET. */
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** Where a rule writes the nets of the new netlist that carry the results of the cell at hand. */
export interface Results {
  first: number;
  /** The second result, of cells that have two. */
  second: number;
}

/** Adds a cell to the new netlist by the code of its kind; its first result. A second one is the net after it. */
export type Emit = (code: number, a?: number, b?: number, c?: number) => number;

/** Says what becomes of a cell: its results are nets made with `emit`, or nets that were there before. */
export type Rule = (cell: OldCell, emit: Emit, results: Results) => void;

/** The cells and memories that stay. */
export interface Kept {
  readonly cell: (cell: number) => boolean;
  readonly memory: (memory: number) => boolean;
}

/** Returns the rule that changes nothing. */
export const keepCell: Rule = ({ code, a, b, c }, emit, results) => {
  results.first = emit(code, a, b, c);
  results.second = results.first + 1;
};

/**
 * Builds a netlist anew, cell by cell in an order in which operands are ready, as a rule says. Ports and groups stay;
 * a probe stays while all its nets do. A register whose input comes later (feedback) is kept without asking the rule.
 * Cells and memories that are not kept are left out; only such may read them. Netlists have millions of cells, so what
 * is done for each of them makes no objects.
 */
export function* rewrite(
  netlist: Netlist,
  rule: Rule,
  areKept: Kept = { cell: () => true, memory: () => true },
): Steps<Netlist> {
  const { cells, groups } = netlist;
  const builder = new NetlistBuilder(netlist.name);
  for (const { name, role } of groups.slice(1)) builder.enterGroup(name, role);
  const newNet = new Int32Array(netlist.netCount).fill(NO_NET);
  for (let constant = 0; constant <= CONSTANT_1; constant++) newNet[constant] = constant;
  for (const { name, nets } of netlist.inputs) {
    builder.input(name, nets.length).forEach((net, bit) => (newNet[nets[bit]] = net));
  }
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
  const emit: Emit = (code, a, b, c) => builder.cellOf(code, a, b, c);
  const cell = { index: 0, code: 0, a: NO_NET, b: NO_NET, c: NO_NET };
  const results: Results = { first: NO_NET, second: NO_NET };
  const order = evaluationOrder(netlist);
  // A function of its own, because a loop is slower in a generator.
  const rewriteCells = (from: number, to: number): void => {
    for (let at = from; at < to; at++) {
      const index = order === undefined ? at : order[at];
      if (!areKept.cell(index)) continue;
      const code = cells.kind[index];
      const operands = OPERAND_COUNTS[code];
      cell.index = index;
      cell.code = code;
      cell.a = operands > 0 ? newNet[cells.a[index]] : NO_NET;
      cell.b = operands > 1 ? newNet[cells.b[index]] : NO_NET;
      cell.c = operands > 2 ? newNet[cells.c[index]] : NO_NET;
      builder.resumeGroup(cells.group[index]);
      if (code === CELL_CODES.register && cell.a === NO_NET) {
        const register = builder.openRegister();
        newNet[cells.out[index]] = register.q;
        feedback.push(() => {
          register.connect(newNet[cells.a[index]]);
        });
        continue;
      }
      rule(cell, emit, results);
      newNet[cells.out[index]] = results.first;
      if (RESULT_COUNTS[code] === 2) newNet[cells.carry[index]] = results.second;
    }
  };
  for (let at = 0; at < cells.count; at += CELLS_A_STEP) {
    yield at / cells.count;
    rewriteCells(at, Math.min(at + CELLS_A_STEP, cells.count));
  }
  yield 1;
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

/**
 * Returns undefined if cells can be evaluated in their order, else an order with registers and configuration first and
 * the others by level.
 */
function evaluationOrder(netlist: Netlist): Int32Array | undefined {
  const { cells } = netlist;
  if (areInOrder(netlist)) return undefined;
  const all = Int32Array.from({ length: cells.count }, (_, cell) => cell);
  const first = all.filter((cell) => COMBINATIONAL[cells.kind[cell]] === 0);
  const order = new Int32Array(cells.count);
  order.set(first);
  order.set(levelize(netlist).order, first.length);
  return order;
}

/** Tells whether every combinational cell stands behind those whose results it reads. */
function areInOrder({ cells, netCount, inputs, memories }: Netlist): boolean {
  const { count, kind, out, carry } = cells;
  const operandAt = [cells.a, cells.b, cells.c];
  const ready = new Uint8Array(netCount);
  ready.fill(1, 0, CONSTANT_1 + 1);
  for (const { nets } of inputs) nets.forEach((net) => (ready[net] = 1));
  for (const { data } of memories) data.forEach((net) => (ready[net] = 1));
  for (let cell = 0; cell < count; cell++) {
    if (COMBINATIONAL[kind[cell]] === 1) {
      for (let index = OPERAND_COUNTS[kind[cell]] - 1; index >= 0; index--)
        if (ready[operandAt[index][cell]] === 0) return false;
    }
    ready[out[cell]] = 1;
    if (carry[cell] !== NO_NET) ready[carry[cell]] = 1;
  }
  return true;
}
