import { finish, within, type Steps } from '@adiabit/simulator/circuit';
import {
  CONSTANT_1,
  kindOf,
  levelize,
  netlistStats,
  operandsOf,
  resultsOf,
  type Netlist,
} from '@adiabit/simulator/netlist';

/** What a circuit takes of a chip, before synthesis has seen it. */
export interface Estimate {
  /** Look-up tables. */
  readonly luts: number;
  /** The most tables one behind the other between two registers, memories or ports. */
  readonly levels: number;
  readonly registers: number;
  readonly memoryBits: number;
}

/** A table that could compute a net: its inputs, and the tables that they and it take, shared among their readers. */
interface Cut {
  readonly leaves: readonly number[];
  readonly areaFlow: number;
}

/** Cells whose cuts are chosen between two steps: some milliseconds. */
const CELLS_A_STEP = 1024;
/** Cuts that are kept for a net. */
const CUTS = 6;
/** Rounds of mapping: the second one knows which nets the first one has turned into tables. */
const ROUNDS = 2;

/**
 * Maps the cells to tables of `lutInputs` inputs by priority cuts and area flow (A. Mishchenko, S. Cho, S. Chatterjee
 * and R. Brayton, "Combinational and sequential mapping with priority cuts", ICCAD 2007), without restructuring the
 * logic.
 */
export const estimate = (netlist: Netlist, lutInputs: 4 | 6): Estimate => finish(estimateInSteps(netlist, lutInputs));

/** Does what `estimate` does, in steps. */
export function* estimateInSteps(netlist: Netlist, lutInputs: 4 | 6): Steps<Estimate> {
  const { order } = levelize(netlist);
  const roots = rootsOf(netlist);
  let readers = cellReaders(netlist);
  let [luts, levels] = [0, 0];
  for (let round = 0; round < ROUNDS; round++) {
    const cuts = bestCuts(netlist, order, lutInputs, readers);
    const best = yield* within(round / ROUNDS, (round + 1) / ROUNDS, cuts);
    const covered = cover(netlist, roots, best);
    luts = covered.luts;
    levels = levelsOf(netlist, order, roots, best);
    readers = covered.readers;
  }
  const { registers, memoryBits } = netlistStats(netlist);
  return { luts, levels, registers, memoryBits };
}

/** Finds the nets that something other than a table reads: registers, memories and ports. */
function rootsOf({ cells, memories, outputs }: Netlist): Set<number> {
  const roots = new Set(outputs.flatMap(({ nets }) => [...nets]));
  for (let cell = 0; cell < cells.count; cell++) if (kindOf(cells, cell) === 'register') roots.add(cells.a[cell]);
  for (const { address, write } of memories) {
    for (const net of address) roots.add(net);
    if (write !== undefined) for (const net of [write.enable, ...write.address, ...write.data]) roots.add(net);
  }
  return roots;
}

function cellReaders({ cells, netCount }: Netlist): Float64Array {
  const readers = new Float64Array(netCount);
  for (let cell = 0; cell < cells.count; cell++) {
    const functions = resultsOf(cells, cell).length;
    for (const net of operandsOf(cells, cell)) readers[net] += functions;
  }
  return readers;
}

/** Returns for each net the cut with the least area flow. */
function* bestCuts(
  netlist: Netlist,
  order: Int32Array,
  lutInputs: number,
  readers: Float64Array,
): Steps<ReadonlyMap<number, Cut>> {
  const { cells } = netlist;
  const kept = new Map<number, readonly Cut[]>();
  const flow = new Float64Array(netlist.netCount);
  const best = new Map<number, Cut>();
  for (let at = 0; at < order.length; at++) {
    if (at % CELLS_A_STEP === 0) yield at / order.length;
    const cell = order[at];
    const merged = operandsOf(cells, cell)
      .filter((net) => net > CONSTANT_1)
      .reduce<readonly (readonly number[])[]>(
        (sets, net) => {
          const choices = [[net], ...(kept.get(net) ?? []).map(({ leaves }) => leaves)];
          return sets.flatMap((set) => choices.flatMap((choice) => union(set, choice, lutInputs)));
        },
        [[]],
      );
    // An inverter of its own is taken in by what it stands before.
    const own = kindOf(cells, cell) === 'not' ? 0 : 1;
    const cuts = merged
      .map((leaves): Cut => ({ leaves, areaFlow: leaves.reduce((sum, leaf) => sum + flow[leaf], own) }))
      .sort((one, other) => one.areaFlow - other.areaFlow || one.leaves.length - other.leaves.length);
    const distinct = cuts.filter(
      (cut, at) =>
        at === 0 || cut.areaFlow !== cuts[at - 1].areaFlow || String(cut.leaves) !== String(cuts[at - 1].leaves),
    );
    for (const net of resultsOf(cells, cell)) {
      kept.set(net, distinct.slice(0, CUTS));
      best.set(net, distinct[0]);
      flow[net] = distinct[0].areaFlow / Math.max(1, readers[net]);
    }
  }
  return best;
}

/** Returns two sorted sets as one, if it is small enough. */
function union(one: readonly number[], other: readonly number[], most: number): number[][] {
  const together: number[] = [];
  for (let a = 0, b = 0; a < one.length || b < other.length;) {
    if (together.length === most) return [];
    const [left, right] = [a < one.length ? one[a] : Infinity, b < other.length ? other[b] : Infinity];
    together.push(Math.min(left, right));
    if (left <= right) a++;
    if (right <= left) b++;
  }
  return [together];
}

/** Returns the tables that the roots need, and how many of them read each net. */
function cover(
  { cells, netCount }: Netlist,
  roots: ReadonlySet<number>,
  best: ReadonlyMap<number, Cut>,
): { readonly luts: number; readonly readers: Float64Array } {
  const readers = new Float64Array(netCount);
  const inverted = new Set<number>();
  for (let cell = 0; cell < cells.count; cell++) if (kindOf(cells, cell) === 'not') inverted.add(cells.out[cell]);
  const pending = [...roots];
  const done = new Set<number>();
  let luts = 0;
  for (let net = pending.pop(); net !== undefined; net = pending.pop()) {
    const cut = best.get(net);
    if (cut === undefined || done.has(net)) continue;
    done.add(net);
    if (!inverted.has(net) || cut.leaves.length > 1) luts++;
    for (const leaf of cut.leaves) {
      readers[leaf]++;
      pending.push(leaf);
    }
  }
  return { luts, readers };
}

/** Returns the depth of the cover: cells are in order, so the leaves of a cut are known before it. */
function levelsOf(
  { cells, netCount }: Netlist,
  order: Int32Array,
  roots: ReadonlySet<number>,
  best: ReadonlyMap<number, Cut>,
): number {
  const levels = new Uint32Array(netCount);
  for (const cell of order) {
    for (const net of resultsOf(cells, cell)) {
      const leaves = best.get(net)?.leaves ?? [];
      const isInverter = leaves.length === 1 && kindOf(cells, cell) === 'not';
      levels[net] = leaves.reduce((most, leaf) => Math.max(most, levels[leaf]), 0) + (isInverter ? 0 : 1);
    }
  }
  return [...roots].reduce((most, net) => Math.max(most, levels[net]), 0);
}
