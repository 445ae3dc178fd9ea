import { NetlistError } from '../errors.js';
import { CELL_SHAPES, isCombinational } from './cells.js';
import { describeCell, kindOf, operandsOf, resultsOf, type Netlist } from './netlist.js';

export interface Levels {
  /** Combinational cells in an order in which every operand is ready, by level and then as they stand. */
  readonly order: Int32Array;
  /** Per cell: 1 + the largest level of its operands; 0 for registers and configuration cells. */
  readonly level: Int32Array;
  /** The longest combinational path in cells. */
  readonly depth: number;
}

/** Per net, the cell that drives it, or -1 for constants and inputs. */
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
 * Finds evaluation order and depth (Kahn's algorithm).
 * @throws NetlistError `netlist.combinational-loop` with the cells of the loop in order.
 */
export function levelize(netlist: Netlist): Levels {
  const { cells } = netlist;
  const drivers = driversOf(netlist);
  const combinational = Uint8Array.from({ length: cells.count }, (_, cell) =>
    Number(isCombinational(kindOf(cells, cell))),
  );
  const operandCount = Uint8Array.from({ length: cells.count }, (_, cell) => CELL_SHAPES[kindOf(cells, cell)].operands);
  const operand = [cells.a, cells.b, cells.c];

  const waiting = new Int32Array(cells.count);
  const fanoutStart = new Int32Array(cells.count + 1);
  const forEachSource = (cell: number, visit: (source: number) => void): void => {
    for (let index = 0; index < operandCount[cell]; index++) {
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
  const order = queue.slice(0, tail).sort((x, y) => level[x] - level[y] || x - y);
  return { order, level, depth: tail === 0 ? 0 : level[order[tail - 1]] };
}

/** Walks backwards through cells that never became ready until one comes round again. */
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
