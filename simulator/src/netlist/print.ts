import { getBit } from '../bits/bit-matrix.js';
import type { Memory } from './memory.js';
import { kindOf, operandsOf, resultsOf, type Netlist, type Port } from './netlist.js';

/**
 * Prints a netlist as text, one cell a line. `parseNetlist` is the inverse.
 *
 *     netlist adder
 *     input a n2
 *     group sum adder
 *     n4 n5 = half-adder n2 n3
 *     output y n4 n5
 *
 * Memories follow the cells; a word of their contents is a hexadecimal number.
 *
 *     memory square 4 address n2 n3 data n6 n7 write n8 n2 n3 n4 n5 contents 0 1 3 2
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
  for (const memory of netlist.memories) {
    if (memory.group !== group) {
      group = memory.group;
      yield `group ${netlist.groups[group].name} ${netlist.groups[group].role}`;
    }
    yield memoryLine(memory);
  }
  for (const port of netlist.outputs) yield portLine('output', port);
  for (const port of netlist.probes) yield portLine('probe', port);
}

const net = (index: number): string => `n${index}`;

function memoryLine({ name, depth, address, data, write, contents }: Memory): string {
  const nets = (list: Int32Array): string[] => Array.from(list, net);
  const words = ['memory', name, `${depth}`, 'address', ...nets(address), 'data', ...nets(data)];
  if (write !== undefined) words.push('write', net(write.enable), ...nets(write.address), ...nets(write.data));
  if (contents !== undefined) {
    words.push('contents');
    for (let row = 0; row < depth; row++) {
      const bits = Array.from({ length: data.length }, (_, bit) => getBit(contents, row, bit)).reverse();
      words.push(BigInt(`0b${bits.join('')}`).toString(16));
    }
  }
  return words.join(' ');
}

const portLine = (direction: string, port: Port): string =>
  [direction, port.name, ...(port.signed ? ['signed'] : []), ...Array.from(port.nets, net)].join(' ');
