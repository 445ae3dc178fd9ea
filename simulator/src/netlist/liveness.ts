import { driversOf } from './levelize.js';
import { operandsOfMemory } from './memory.js';
import { operandsOf, type Netlist } from './netlist.js';

/** What outputs depend on, now or in a later cycle: 1 for such cells and memories. Probes keep nothing alive. */
export interface Liveness {
  readonly cells: Uint8Array;
  readonly memories: Uint8Array;
}

export function livenessOf(netlist: Netlist): Liveness {
  const { cells } = netlist;
  const drivers = driversOf(netlist);
  const memoryOf = new Map(
    netlist.memories.flatMap(({ data }, index) => Array.from(data, (net) => [net, index] as const)),
  );
  const live: Liveness = { cells: new Uint8Array(cells.count), memories: new Uint8Array(netlist.memories.length) };
  const pending: number[] = [];
  const reach = (net: number): void => {
    const cell = drivers[net];
    const memory = memoryOf.get(net);
    if (cell >= 0 && live.cells[cell] === 0) {
      live.cells[cell] = 1;
      pending.push(...operandsOf(cells, cell));
    } else if (memory !== undefined && live.memories[memory] === 0) {
      live.memories[memory] = 1;
      for (const operand of operandsOfMemory(netlist.memories[memory])) pending.push(operand);
    }
  };
  for (const { nets } of netlist.outputs) nets.forEach(reach);
  for (let net = pending.pop(); net !== undefined; net = pending.pop()) reach(net);
  return live;
}

/** Per cell, 1 when some output depends on it now or in a later cycle. */
export const liveCells = (netlist: Netlist): Uint8Array => livenessOf(netlist).cells;
