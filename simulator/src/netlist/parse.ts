import { NetlistError } from '../errors.js';
import { CELL_KINDS, CELL_SHAPES, cellCode, type CellKind } from './cells.js';
import { bitMatrixFrom } from '../bits/bit-matrix.js';
import type { Memory } from './memory.js';
import { GROUP_ROLES, NO_NET, type Group, type GroupRole, type Netlist, type Port } from './netlist.js';
import { validateNetlist } from './validate.js';

/**
 * Parses the printed form of a netlist and validates it. Cells may be in any order.
 * @throws NetlistError `netlist.syntax` with the line number, or as `validateNetlist`
 */
export function parseNetlist(text: string): Netlist {
  const rows: { kind: CellKind; results: number[]; operands: number[]; group: number }[] = [];
  const groups: Group[] = [{ name: 'top', role: 'other' }];
  const ports: Record<'input' | 'output' | 'probe', Port[]> = { input: [], output: [], probe: [] };
  const memories: Memory[] = [];
  let name = '';
  let netCount = 2;
  text.split('\n').forEach((line, index) => {
    const words = line.trim().split(/\s+/);
    const refuse = (what: string): never => {
      throw new NetlistError('syntax', `Line ${index + 1}: ${what}: "${line.trim()}".`, { line: index + 1 });
    };
    const net = (word: string): number => {
      if (!/^n\d+$/.test(word)) refuse(`"${word}" is not a net`);
      const value = Number(word.slice(1));
      if (value >= MOST_NETS) refuse(`nets are numbered below ${MOST_NETS}, not "${word}"`);
      netCount = Math.max(netCount, value + 1);
      return value;
    };
    const [first, second] = words;
    if (first === '') return;
    if (first === 'netlist') {
      name = words.slice(1).join(' ');
    } else if (first === 'group') {
      const role = GROUP_ROLES.find((candidate) => candidate === words[2]);
      if (!role || words.length !== 3) refuse('a group is "group NAME ROLE"');
      groups.push({ name: second, role: role as GroupRole });
    } else if (first === 'memory') {
      memories.push(parseMemory(words, groups.length - 1, net, refuse));
    } else if (first === 'input' || first === 'output' || first === 'probe') {
      const signed = words[2] === 'signed';
      ports[first].push({ name: second, signed, nets: Int32Array.from(words.slice(signed ? 3 : 2), net) });
    } else {
      const equals = words.indexOf('=');
      const kind = CELL_KINDS.find((candidate) => candidate === words[equals + 1]);
      if (equals < 1 || !kind) return refuse('expected "NET = KIND NET..."');
      const results = words.slice(0, equals).map(net);
      const operands = words.slice(equals + 2).map(net);
      const shape = CELL_SHAPES[kind];
      if (results.length !== shape.results || operands.length !== shape.operands) {
        throw new NetlistError(
          'width-mismatch',
          `Line ${index + 1}: ${kind} has ${shape.operands} operands and ${shape.results} results.`,
          { line: index + 1 },
        );
      }
      rows.push({ kind, results, operands, group: groups.length - 1 });
    }
  });
  const column = (pick: (row: (typeof rows)[number]) => number | undefined): Int32Array =>
    Int32Array.from(rows, (row) => pick(row) ?? NO_NET);
  const netlist: Netlist = {
    name,
    netCount,
    memories,
    groups,
    inputs: ports.input,
    outputs: ports.output,
    probes: ports.probe,
    cells: {
      count: rows.length,
      kind: Uint8Array.from(rows, (row) => cellCode(row.kind)),
      a: column((row) => row.operands.at(0)),
      b: column((row) => row.operands.at(1)),
      c: column((row) => row.operands.at(2)),
      out: column((row) => row.results.at(0)),
      carry: column((row) => row.results.at(1)),
      group: column((row) => row.group),
    },
  };
  validateNetlist(netlist);
  return netlist;
}

/** Parses a printed memory: sections, each a keyword and its values. */
function parseMemory(
  words: readonly string[],
  group: number,
  net: (word: string) => number,
  refuse: (what: string) => never,
): Memory {
  const [, name, depthText] = words;
  const section = (title: string): readonly string[] | undefined => {
    const start = words.indexOf(title, 3);
    if (start < 0) return undefined;
    const length = words.slice(start + 1).findIndex((word) => SECTIONS.includes(word));
    return length < 0 ? words.slice(start + 1) : words.slice(start + 1, start + 1 + length);
  };
  const depth = Number(depthText);
  const [address, data, write, contents] = SECTIONS.map(section);
  if (!Number.isInteger(depth) || address === undefined || data === undefined) {
    return refuse('a memory is "memory NAME DEPTH address NET... data NET..."');
  }
  const width = data.length;
  const memory = { name, group, depth, address: Int32Array.from(address, net), data: Int32Array.from(data, net) };
  const written = write?.map(net);
  if (written !== undefined && written.length <= width)
    return refuse('"write" is followed by ENABLE ADDRESS... DATA...');
  const notHex = contents?.find((word) => !/^[0-9a-f]+$/i.test(word));
  if (notHex !== undefined) return refuse(`"${notHex}" is not a hexadecimal word`);
  const rows = contents?.map((word) => BigInt(`0x${word}`));
  return {
    ...memory,
    ...(written === undefined
      ? {}
      : {
          write: {
            enable: written[0],
            address: Int32Array.from(written.slice(1, written.length - width)),
            data: Int32Array.from(written.slice(written.length - width)),
          },
        }),
    ...(rows === undefined
      ? {}
      : { contents: bitMatrixFrom(rows.length, width, (row, bit) => ((rows[row] >> BigInt(bit)) & 1n) === 1n) }),
  };
}

/** More nets than any circuit that can be simulated has. A typing error must not allocate all memory. */
const MOST_NETS = 2 ** 26;

const SECTIONS: readonly string[] = ['address', 'data', 'write', 'contents'];
