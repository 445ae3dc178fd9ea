import { NetlistError } from '../errors.js';
import { COMBINATIONAL, OPERAND_COUNTS } from './cells.js';
import { describeCell, operandsOf, resultsOf, type Netlist } from './netlist.js';

export interface Levels {
  /** The combinational cells in an order in which every operand is ready: by level, then by index. */
  readonly order: Int32Array;
  /** Per cell: 1 + the largest level of its operands; 0 for registers and configuration cells. */
  readonly level: Int32Array;
  /** The number of cells on the longest combinational path. */
  readonly depth: number;
}

/** Finds, per net, the cell that drives it, or -1 for constants and inputs. */
export function driversOf(netlist: Netlist): Int32Array {
  const drivers = new Int32Array(netlist.netCount).fill(-1);
  const { cells } = netlist;
  for (let cell = 0; cell < cells.count; cell++) {
    drivers[cells.out[cell]] = cell;
    if (cells.carry[cell] >= 0) drivers[cells.carry[cell]] = cell;
  }
  return drivers;
}

/**
 * Finds evaluation order and depth.
 * @throws NetlistError `netlist.combinational-loop` with the cells of the loop in order.
 */
export function levelize(netlist: Netlist): Levels {
  const { count } = netlist.cells;
  const level = levelsOf(netlist);
  const depth = depthOf(level);
  // A counting sort: the number of cells in each level gives the position of each cell.
  const starts = new Int32Array(depth + 2);
  for (const one of level) starts[one + 1]++;
  const total = count - starts[1];
  starts[1] = 0;
  for (let one = 1; one <= depth; one++) starts[one + 1] += starts[one];
  const order = new Int32Array(total);
  for (let cell = 0; cell < count; cell++) if (level[cell] > 0) order[starts[level[cell]]++] = cell;
  return { order, level, depth };
}

/**
 * Computes the level of each cell, as in `Levels`.
 * @throws NetlistError as `levelize`
 */
export function levelsOf(netlist: Netlist): Int32Array {
  const drivers = driversOf(netlist);
  const { kind } = netlist.cells;
  return (
    levelsAsTheyStand(netlist, drivers) ??
    levelsByQueue(
      netlist,
      drivers,
      kind.map((code) => COMBINATIONAL[code]),
    )
  );
}

/** Gives the highest level. */
export function depthOf(level: Int32Array): number {
  let depth = 0;
  for (const one of level) if (one > depth) depth = one;
  return depth;
}

/** Computes levels in one walk, if each cell comes after those that it reads; undefined if one does not. */
function levelsAsTheyStand({ cells }: Netlist, drivers: Int32Array): Int32Array | undefined {
  const { count, kind, a, b, c } = cells;
  const operand = [a, b, c];
  const level = new Int32Array(count);
  for (let cell = 0; cell < count; cell++) {
    if (COMBINATIONAL[kind[cell]] === 0) continue;
    let highest = 0;
    for (let index = OPERAND_COUNTS[kind[cell]] - 1; index >= 0; index--) {
      const source = drivers[operand[index][cell]];
      if (source < 0 || COMBINATIONAL[kind[source]] === 0) continue;
      if (source >= cell) return undefined;
      if (level[source] > highest) highest = level[source];
    }
    level[cell] = highest + 1;
  }
  return level;
}

/** Computes levels of cells in any order (A. B. Kahn, Communications of the ACM 5, 1962). */
function levelsByQueue(netlist: Netlist, drivers: Int32Array, combinational: Uint8Array): Int32Array {
  const { cells } = netlist;
  const operand = [cells.a, cells.b, cells.c];
  const waiting = new Int32Array(cells.count);
  const fanoutStart = new Int32Array(cells.count + 1);
  const forEachSource = (cell: number, visit: (source: number) => void): void => {
    for (let index = 0; index < OPERAND_COUNTS[cells.kind[cell]]; index++) {
      const source = drivers[operand[index][cell]];
      if (source >= 0 && combinational[source]) visit(source);
    }
  };
  for (let cell = 0; cell < cells.count; cell++) {
    if (combinational[cell]) {
      forEachSource(cell, (source) => {
        waiting[cell]++;
        fanoutStart[source + 1]++;
      });
    }
  }
  for (let cell = 0; cell < cells.count; cell++) fanoutStart[cell + 1] += fanoutStart[cell];
  const fanout = new Int32Array(fanoutStart[cells.count]);
  const filled = fanoutStart.slice();
  for (let cell = 0; cell < cells.count; cell++) {
    if (combinational[cell]) forEachSource(cell, (source) => (fanout[filled[source]++] = cell));
  }

  const level = new Int32Array(cells.count);
  const queue = new Int32Array(cells.count);
  let head = 0;
  let tail = 0;
  let total = 0;
  for (let cell = 0; cell < cells.count; cell++) {
    if (!combinational[cell]) continue;
    total++;
    if (waiting[cell] === 0) {
      level[cell] = 1;
      queue[tail++] = cell;
    }
  }
  while (head < tail) {
    const cell = queue[head++];
    for (let at = fanoutStart[cell]; at < fanoutStart[cell + 1]; at++) {
      const next = fanout[at];
      level[next] = Math.max(level[next], level[cell] + 1);
      if (--waiting[next] === 0) queue[tail++] = next;
    }
  }
  if (tail < total) throw combinationalLoop(netlist, drivers, waiting, combinational);
  return level;
}

/** Finds a loop: walks backwards through cells that never became ready until one repeats. */
function combinationalLoop(
  netlist: Netlist,
  drivers: Int32Array,
  waiting: Int32Array,
  combinational: Uint8Array,
): NetlistError {
  const stuck = (cell: number): boolean => cell >= 0 && combinational[cell] === 1 && waiting[cell] > 0;
  let cell = waiting.findIndex((count) => count > 0);
  const path: number[] = [];
  while (!path.includes(cell)) {
    path.push(cell);
    cell = operandsOf(netlist.cells, cell)
      .map((net) => drivers[net])
      .find(stuck)!;
  }
  const backwards = path.slice(path.indexOf(cell)).reverse();
  const first = backwards.indexOf(Math.min(...backwards));
  const loop = [...backwards.slice(first), ...backwards.slice(0, first)];
  const nets = loop.map((member) => resultsOf(netlist.cells, member)[0]);
  const sentences = loop.map((member) => describeCell(netlist, member)).join('; ');
  return new NetlistError('combinational-loop', `The circuit feeds back without a register: ${sentences}.`, { nets });
}
