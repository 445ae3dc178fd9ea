import { cellCode, isCombinational } from '../netlist/cells.js';
import { levelize } from '../netlist/levelize.js';
import { driversOf } from '../netlist/levelize.js';
import { kindOf, operandsOf, type Netlist } from '../netlist/netlist.js';

/**
 * An order for fast evaluation: group by group, so that a neuron's nets live and die together and their memory is used
 * again, and inside a group by level and kind, so that runs of equal cells are long. Where groups depend on each
 * other both ways, plain level order.
 */
export function scheduleCells(netlist: Netlist): Int32Array {
  const { cells } = netlist;
  const { order, level } = levelize(netlist);
  const byLevel = (x: number, y: number): number => level[x] - level[y] || cells.kind[x] - cells.kind[y] || x - y;
  const byGroup = (x: number, y: number): number => cells.group[x] - cells.group[y] || byLevel(x, y);
  return order.slice().sort(groupsStandInOrder(netlist) ? byGroup : byLevel);
}

function groupsStandInOrder(netlist: Netlist): boolean {
  const { cells } = netlist;
  const drivers = driversOf(netlist);
  for (let cell = 0; cell < cells.count; cell++) {
    if (!isCombinational(kindOf(cells, cell))) continue;
    for (const net of operandsOf(cells, cell)) {
      const source = drivers[net];
      if (source >= 0 && isCombinational(kindOf(cells, source)) && cells.group[source] > cells.group[cell])
        return false;
    }
  }
  return true;
}

/** Cells of one kind, in netlist order. */
export function cellsOfKind(netlist: Netlist, kind: 'register' | 'configuration'): number[] {
  const code = cellCode(kind);
  const found: number[] = [];
  netlist.cells.kind.forEach((candidate, cell) => {
    if (candidate === code) found.push(cell);
  });
  return found;
}
