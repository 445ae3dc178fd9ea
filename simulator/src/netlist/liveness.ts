import { OPERAND_COUNTS } from './cells.js';
import { driversOf } from './levelize.js';
import { operandsOfMemory } from './memory.js';
import type { Netlist } from './netlist.js';

/** The cells and memories that outputs depend on, now or in a later cycle: 1 for these. Probes keep nothing alive. */
export interface Liveness {
  readonly cells: Uint8Array;
  readonly memories: Uint8Array;
}

export function livenessOf(netlist: Netlist): Liveness {
  const { cells, memories } = netlist;
  const operandAt = [cells.a, cells.b, cells.c];
  const drivers = driversOf(netlist);
  // Values below -1 stand for memories, counted down from -2.
  memories.forEach(({ data }, index) => data.forEach((net) => (drivers[net] = -2 - index)));
  const live: Liveness = { cells: new Uint8Array(cells.count), memories: new Uint8Array(memories.length) };
  const pending = new Int32Array(cells.count);
  let waiting = 0;
  const reach = (net: number): void => {
    const driver = drivers[net];
    if (driver >= 0) {
      if (live.cells[driver] === 1) return;
      live.cells[driver] = 1;
      pending[waiting++] = driver;
    } else if (driver < -1) {
      const memory = -2 - driver;
      if (live.memories[memory] === 1) return;
      live.memories[memory] = 1;
      for (const operand of operandsOfMemory(memories[memory])) reach(operand);
    }
  };
  for (const { nets } of netlist.outputs) nets.forEach(reach);
  while (waiting > 0) {
    const cell = pending[--waiting];
    for (let index = OPERAND_COUNTS[cells.kind[cell]] - 1; index >= 0; index--) reach(operandAt[index][cell]);
  }
  return live;
}

/** Marks the cells that some output depends on, now or in a later cycle: 1 for these. */
export const liveCells = (netlist: Netlist): Uint8Array => livenessOf(netlist).cells;
