import { driversOf } from './levelize.js';
import { operandsOf, type Netlist } from './netlist.js';

/** Per cell, 1 when some output depends on it now or in a later cycle. Probes keep nothing alive. */
export function liveCells(netlist: Netlist): Uint8Array {
  const { cells } = netlist;
  const drivers = driversOf(netlist);
  const live = new Uint8Array(cells.count);
  const pending: number[] = [];
  const reach = (net: number): void => {
    const cell = drivers[net];
    if (cell < 0 || live[cell]) return;
    live[cell] = 1;
    pending.push(cell);
  };
  for (const { nets } of netlist.outputs) nets.forEach(reach);
  for (let cell = pending.pop(); cell !== undefined; cell = pending.pop()) operandsOf(cells, cell).forEach(reach);
  return live;
}
