import { COMBINATIONAL, OPERAND_COUNTS } from '../netlist/cells.js';
import { driversOf } from '../netlist/levelize.js';
import { operandsOfMemory } from '../netlist/memory.js';
import type { Netlist } from '../netlist/netlist.js';

/** How registers take their inputs. */
export interface RegisterPlan {
  /** Per net: the register net in whose place it is written at once, because nobody reads the old value any more; or -1. */
  readonly inPlace: Int32Array;
  /** Registers that are copied at the clock edge. */
  readonly copied: readonly number[];
  /** Those of `copied` whose input is not a result of this cycle's evaluation: it is put aside before that begins. */
  readonly aside: readonly number[];
}

/**
 * Finds the registers that can be written in place. A cell may write its result where the register is once all cells that
 * read the register have run; outputs and memories look at registers after the evaluation and keep theirs. Works for
 * feedback too: where a loop has no such order, its registers are copied.
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
