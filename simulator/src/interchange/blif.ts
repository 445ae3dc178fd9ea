import { NetlistError } from '../errors.js';
import { evaluateCell, isCombinational } from '../netlist/cells.js';
import type { Bit } from '../bits/polarity.js';
import { CONSTANT_0, CONSTANT_1, kindOf, operandsOf, resultsOf, type Netlist } from '../netlist/netlist.js';
import { bitName, flatNames } from './flat-names.js';
import { buildHierarchy } from './hierarchy.js';
import { refuseMemories } from './refuse-memories.js';
import { VERILOG_PORT, verilogName } from './verilog.js';

const CONSTANT_NAMES = ['$false', '$true'];

/**
 * Writes a netlist as flat BLIF (Berkeley Logic Interchange Format, University of California, 1992): one `.names` per
 * result, with the rows of the cell's truth table, and one `.latch` per register. Configuration bits are inputs.
 * @throws NetlistError `netlist.unsupported` for a circuit with memories, `netlist.bad-name` for a port whose name
 *   would end a word or a line, or start a comment
 */
export function* writeBlif(netlist: Netlist): Generator<string> {
  refuseMemories(netlist, 'BLIF');
  checkPortNames(netlist);
  const { cells } = netlist;
  const hierarchy = buildHierarchy(netlist);
  const nameOf = flatNames(netlist, hierarchy);
  const name = (net: number): string => (net <= CONSTANT_1 ? CONSTANT_NAMES[net] : nameOf(net));
  const { configuration, top } = hierarchy;
  const portNames = (port: { name: string; nets: ArrayLike<number> }): string[] =>
    Array.from(port.nets, (_, bit) => bitName(port.name, bit, port.nets.length));

  yield `.model ${verilogName(netlist)}`;
  const inputs = [...netlist.inputs, { name: VERILOG_PORT.configuration, nets: configuration }].flatMap(portNames);
  yield* directive('.inputs', top.clocked ? [VERILOG_PORT.clock, ...inputs] : inputs);
  yield* directive('.outputs', netlist.outputs.flatMap(portNames));
  yield `.names ${CONSTANT_NAMES[CONSTANT_0]}`;
  yield `.names ${CONSTANT_NAMES[CONSTANT_1]}`;
  yield '1';
  for (let cell = 0; cell < cells.count; cell++) {
    const kind = kindOf(cells, cell);
    const operands = operandsOf(cells, cell);
    if (kind === 'register') {
      const q = cells.out[cell];
      if (hierarchy.read[q]) yield `.latch ${name(operands[0])} ${name(q)} re ${VERILOG_PORT.clock} 0`;
    }
    if (!isCombinational(kind)) continue;
    for (const [index, net] of resultsOf(cells, cell).entries()) {
      if (!hierarchy.read[net]) continue;
      yield `.names ${[...operands, net].map(name).join(' ')}`;
      for (let row = 0; row < 2 ** operands.length; row++) {
        const values = operands.map((_, bit): Bit => ((row >> bit) & 1 ? 1 : 0));
        const [a, b = 0, c = 0] = values;
        if (evaluateCell(kind, a, b, c)[index]) yield `${values.join('')} 1`;
      }
    }
  }
  for (const port of netlist.outputs) {
    for (const [bit, portBit] of portNames(port).entries()) {
      yield `.names ${name(port.nets[bit])} ${portBit}`;
      yield '1 1';
    }
  }
  yield '.end';
}

function checkPortNames({ inputs, outputs }: Netlist): void {
  const bad = [...inputs, ...outputs].find(({ name }) => name === '' || /[\s\\#="]/.test(name));
  if (bad !== undefined) {
    const message = `The port name "${bad.name}" is no name in BLIF. Rename the port.`;
    throw new NetlistError('bad-name', message, { name: bad.name });
  }
}

/** Writes a list of names, a few per line. */
function* directive(keyword: string, names: readonly string[]): Generator<string> {
  const NAMES_PER_LINE = 8;
  for (let at = 0; at < names.length; at += NAMES_PER_LINE) {
    const more = at + NAMES_PER_LINE < names.length ? ' \\' : '';
    yield `${at === 0 ? keyword : ' '} ${names.slice(at, at + NAMES_PER_LINE).join(' ')}${more}`;
  }
}
