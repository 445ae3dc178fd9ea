import { COMBINATIONAL, OPERAND_COUNTS } from '../netlist/cells.js';
import { driversOf } from '../netlist/levelize.js';
import { operandsOfMemory } from '../netlist/memory.js';
import type { Netlist } from '../netlist/netlist.js';

/** The way in which each register takes its input. */
export interface RegisterPlan {
  /**
   * Per net: the register net whose slot the net is written to directly, because no cell reads the old value any more;
   * or -1.
   */
  readonly inPlace: Int32Array;
  /** The registers that are copied at the clock edge. */
  readonly copied: readonly number[];
  /** Those of `copied` whose input is not computed in this cycle. Their input is saved before the evaluation. */
  readonly aside: readonly number[];
}

/**
 * Finds the registers that can be written in place. A cell may write its result into a register once all cells that
 * read the register have run. Outputs and memories read registers after the evaluation, so those registers are copied.
 * In feedback where no such order exists, the registers are copied too.
 */
export function planRegisters(netlist: Netlist, registers: Int32Array, order: Int32Array): RegisterPlan {
  const { cells, netCount, memories, outputs } = netlist;
  const { a, b, c, kind, out } = cells;
  const operandAt = [a, b, c];
  const drivers = driversOf(netlist);
  const position = new Int32Array(cells.count);
  const lastRead = new Int32Array(netCount).fill(-1);
  order.forEach((cell, at) => {
    position[cell] = at;
    for (let index = 0; index < OPERAND_COUNTS[kind[cell]]; index++) lastRead[operandAt[index][cell]] = at;
  });
  const isWatched = new Uint8Array(netCount);
  for (const port of outputs) port.nets.forEach((net) => (isWatched[net] = 1));
  for (const memory of memories) for (const net of operandsOfMemory(memory)) isWatched[net] = 1;
  const inPlace = new Int32Array(netCount).fill(-1);
  const copied: number[] = [];
  const aside: number[] = [];
  for (const cell of registers) {
    const input = a[cell];
    const driver = drivers[input];
    const isComputed = driver >= 0 && COMBINATIONAL[kind[driver]] === 1;
    const isFree = isComputed && inPlace[input] < 0 && isWatched[out[cell]] === 0;
    if (isFree && position[driver] >= lastRead[out[cell]]) {
      inPlace[input] = out[cell];
    } else {
      copied.push(cell);
      if (!isComputed) aside.push(cell);
    }
  }
  return { inPlace, copied, aside };
}
