import { CELL_CODES, CELL_KINDS, COMBINATIONAL, OPERAND_COUNTS } from '../netlist/cells.js';
import { driversOf, levelize } from '../netlist/levelize.js';
import type { Netlist } from '../netlist/netlist.js';

/** The combinational cells in the order of evaluation, cut into blocks. Each block is compiled as a unit. */
export interface Order {
  readonly cells: Int32Array;
  /** Block i is cells[starts[i]] up to cells[starts[i + 1]]. */
  readonly starts: Int32Array;
}

/**
 * The most levels of cells in a block: a product and nine inputs of a popcount. Values of more levels do not fit the
 * CPU's registers.
 */
const BLOCK_LEVELS = 3;
const BLOCK_CELLS = 96;

/** Ranks above this count as equal. Circuits with feedback have no last stage. */
const MOST_RANKS = 64;

/**
 * Orders the combinational cells and cuts them into blocks.
 *
 * The stage nearest to the outputs comes first. Its readers have then run, so a stage may write its registers in place.
 * Inside a stage, cells are ordered by neuron, so that the values of a neuron are alive at the same time only. Inside a
 * neuron, the order is depth first: a cell runs as soon as its operands are there, so that few values are alive. Blocks
 * begin every few levels, so that equal parts of a circuit are cut in the same places.
 */
export function orderCells(netlist: Netlist): Order {
  const { cells } = netlist;
  const { count, kind, a, b, c, out, carry, group } = cells;
  const { order: byLevel, level } = levelize(netlist);
  const drivers = driversOf(netlist);
  const readers = combinationalReaders(netlist);
  const operandAt = [a, b, c];
  /** Gives the combinational cell that drives an operand, or -1. */
  const sourceOf = (cell: number, index: number): number => {
    const source = drivers[operandAt[index][cell]];
    return source >= 0 && COMBINATIONAL[kind[source]] === 1 ? source : -1;
  };
  const band = (cell: number): number => ((level[cell] - 1) / BLOCK_LEVELS) | 0;

  const isShared = sharedCells(netlist, byLevel, readers);

  const placed = new Uint8Array(count);
  const order = new Int32Array(byLevel.length);
  const starts: number[] = [];
  let length = 0;
  const isReady = (cell: number): boolean => {
    for (let index = OPERAND_COUNTS[kind[cell]] - 1; index >= 0; index--) {
      const source = sourceOf(cell, index);
      if (source >= 0 && placed[source] === 0) return false;
    }
    return true;
  };
  const place = (cell: number): void => {
    placed[cell] = 1;
    order[length++] = cell;
  };
  /** Adds to `missing` the cells of lower bands that this cell needs and that are not placed yet. */
  const findMissing = (cell: number, missing: number[]): void => {
    for (let index = 0; index < OPERAND_COUNTS[kind[cell]]; index++) {
      const source = sourceOf(cell, index);
      if (source < 0 || placed[source] === 1) continue;
      if (band(source) === band(cell) && isShared[source] === 0) findMissing(source, missing);
      else missing.push(source);
    }
  };
  /** Places a cell after those cells of its block that it needs, and before the cells that can run then. */
  const placeCone = (cell: number, root: number, start: number): void => {
    for (let index = 0; index < OPERAND_COUNTS[kind[cell]]; index++) {
      const source = sourceOf(cell, index);
      if (source >= 0 && placed[source] === 0) placeCone(source, root, start);
    }
    // A cell above may have placed it already.
    if (placed[cell] === 1) return;
    place(cell);
    if (isShared[root] === 0) placeFollowers(cell, root, start);
  };
  /** Adds cells of the same group and band that can run now to the block: then fewer values wait. */
  const placeFollowers = (cell: number, root: number, start: number): void => {
    for (const net of [out[cell], carry[cell]]) {
      if (net < 0) continue;
      for (let index = readers.starts[net]; index < readers.starts[net + 1]; index++) {
        const reader = readers.cells[index];
        const isFree = placed[reader] + isShared[reader] === 0 && length - start < BLOCK_CELLS;
        if (!isFree || group[reader] !== group[root] || band(reader) !== band(root) || !isReady(reader)) continue;
        place(reader);
        placeFollowers(reader, root, start);
      }
    }
  };

  const waiting: number[] = [];
  for (const sink of rootsInOrder(netlist, { byLevel, level, drivers }, readers.starts, isShared)) {
    waiting.push(sink);
    while (waiting.length > 0) {
      const root = waiting[waiting.length - 1];
      const before = waiting.length;
      if (placed[root] === 0) findMissing(root, waiting);
      if (waiting.length > before) continue;
      waiting.pop();
      if (placed[root] === 1) continue;
      starts.push(length);
      placeCone(root, root, length);
    }
  }
  starts.push(length);
  return { cells: order, starts: Int32Array.from(starts) };
}

/** The combinational cells that read each net: cells[starts[net]] up to cells[starts[net + 1]]. */
interface Readers {
  readonly starts: Int32Array;
  readonly cells: Int32Array;
}

function combinationalReaders({ cells, netCount }: Netlist): Readers {
  const { count, kind, a, b, c } = cells;
  const operandAt = [a, b, c];
  const starts = new Int32Array(netCount + 2);
  for (let cell = 0; cell < count; cell++) {
    if (COMBINATIONAL[kind[cell]] === 0) continue;
    for (let index = 0; index < OPERAND_COUNTS[kind[cell]]; index++) starts[operandAt[index][cell] + 2]++;
  }
  for (let net = 0; net < netCount; net++) starts[net + 2] += starts[net + 1];
  const readers = new Int32Array(starts[netCount + 1]);
  for (let cell = 0; cell < count; cell++) {
    if (COMBINATIONAL[kind[cell]] === 0) continue;
    for (let index = 0; index < OPERAND_COUNTS[kind[cell]]; index++)
      readers[starts[operandAt[index][cell] + 1]++] = cell;
  }
  return { starts, cells: readers };
}

/** Marks the cells that more than one group reads. Each becomes a block of its own, so that equal groups stay equal. */
function sharedCells({ cells }: Netlist, byLevel: Int32Array, readers: Readers): Uint8Array {
  const { out, carry, group, count } = cells;
  const isShared = new Uint8Array(count);
  for (let at = byLevel.length - 1; at >= 0; at--) {
    const cell = byLevel[at];
    let reading = -1;
    for (const net of [out[cell], carry[cell]]) {
      if (net < 0) continue;
      for (let index = readers.starts[net]; index < readers.starts[net + 1]; index++) {
        const reader = readers.cells[index];
        if (isShared[reader] === 1 || (reading >= 0 && group[reader] !== reading)) isShared[cell] = 1;
        reading = group[reader];
      }
    }
  }
  return isShared;
}

/**
 * Lists the cells from which blocks grow. The last stage comes first. In each stage, shared cells come first, by level
 * and kind, so that equal ones are consecutive. Then come, by group, the cells that no combinational cell reads.
 */
function rootsInOrder(
  netlist: Netlist,
  { byLevel, level, drivers }: Readonly<Record<'byLevel' | 'level' | 'drivers', Int32Array>>,
  readerStarts: Int32Array,
  isShared: Uint8Array,
): Int32Array {
  const { cells, groups } = netlist;
  const { out, carry, group, kind, count } = cells;
  const isRead = (net: number): boolean => net >= 0 && readerStarts[net + 1] > readerStarts[net];
  const roots = byLevel.filter((cell) => isShared[cell] === 1 || (!isRead(out[cell]) && !isRead(carry[cell])));
  const ranks = registerRanks(netlist, drivers);
  const depth = byLevel.length === 0 ? 0 : level[byLevel[byLevel.length - 1]];
  const sharedOrders = (depth + 1) * CELL_KINDS.length;
  const orders = sharedOrders + groups.length;
  const keys = Float64Array.from(roots, (cell) => {
    const order = isShared[cell] === 1 ? level[cell] * CELL_KINDS.length + kind[cell] : sharedOrders + group[cell];
    return ((MOST_RANKS - ranks[out[cell]]) * orders + order) * count + cell;
  }).sort();
  return Int32Array.from(keys, (key) => key % count);
}

/**
 * Counts, per net, the registers on the longest path from the inputs. Most cells come after those that they read, so
 * one walk is enough. With feedback, it takes as many walks as there are ranks.
 */
function registerRanks({ cells, netCount }: Netlist, drivers: Int32Array): Uint8Array {
  const { count, kind, a, b, c, out, carry } = cells;
  const operandAt = [a, b, c];
  const rank = new Uint8Array(netCount);
  let isAgainNeeded = true;
  for (let round = 0; isAgainNeeded && round <= MOST_RANKS; round++) {
    let [isChanged, hasFeedback] = [false, false];
    for (let cell = 0; cell < count; cell++) {
      let highest = 0;
      for (let index = OPERAND_COUNTS[kind[cell]] - 1; index >= 0; index--) {
        const net = operandAt[index][cell];
        if (rank[net] > highest) highest = rank[net];
        if (drivers[net] >= cell) hasFeedback = true;
      }
      if (kind[cell] === CELL_CODES.register && highest < MOST_RANKS) highest++;
      if (rank[out[cell]] !== highest) isChanged = true;
      rank[out[cell]] = highest;
      if (carry[cell] >= 0) rank[carry[cell]] = highest;
    }
    isAgainNeeded = isChanged && hasFeedback;
  }
  return rank;
}
