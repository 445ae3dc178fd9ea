import { kindOf, operandsOf, resultsOf, type Netlist, type Port } from './netlist.js';

/**
 * A netlist as text, one cell a line; `parseNetlist` is the inverse.
 *
 *     netlist adder
 *     input a n2
 *     group sum adder
 *     n4 n5 = half-adder n2 n3
 *     output y n4 n5
 */
export function* printNetlist(netlist: Netlist): Generator<string> {
  yield `netlist ${netlist.name.replace(/\s+/g, ' ').trim()}`;
  for (const port of netlist.inputs) yield portLine('input', port);
  let group = 0;
  const { cells } = netlist;
  for (let cell = 0; cell < cells.count; cell++) {
    if (cells.group[cell] !== group) {
      group = cells.group[cell];
      yield `group ${netlist.groups[group].name} ${netlist.groups[group].role}`;
    }
    const operands = operandsOf(cells, cell);
    yield [...resultsOf(cells, cell).map(net), '=', kindOf(cells, cell), ...operands.map(net)].join(' ');
  }
  for (const port of netlist.outputs) yield portLine('output', port);
  for (const port of netlist.probes) yield portLine('probe', port);
}

const net = (index: number): string => `n${index}`;

const portLine = (direction: string, port: Port): string =>
  [direction, port.name, ...(port.signed ? ['signed'] : []), ...Array.from(port.nets, net)].join(' ');
