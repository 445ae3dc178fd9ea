import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NetlistError } from '../errors.js';
import { CELL_KINDS } from './cells.js';
import { addressBits, type Memory } from './memory.js';
import type { CellTable } from './netlist.js';
import { parseNetlist } from './parse.js';
import { printNetlist } from './print.js';
import { randomNetlist } from './testing/random-netlist.js';
import { validateNetlist } from './validate.js';
import { Random } from '../random.js';

const random = Random.fromSeed(1, 'bad input');
const { netlist } = randomNetlist(() => random.nextWord());
const lines = [...printNetlist(netlist)].join('\n').split('\n');

it('a printed netlist with words changed, dropped or repeated is read, or refused with a typed error', () => {
  const word = fc.oneof(
    fc.constantFrom('n0', 'n1', 'n2', 'n77', 'n99999999999', '=', 'signed', 'address', 'write', 'contents', '-1', 'zz'),
    fc.constantFrom(...CELL_KINDS),
  );
  const change = fc.record({ line: fc.nat(lines.length - 1), at: fc.nat(8), how: fc.nat(2), word });
  let refused = 0;
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
      const changed = lines.slice();
      for (const { line, at, how, word: other } of changes) {
        const words = changed[line].split(' ');
        words.splice(Math.min(at, words.length - 1), how === 0 ? 0 : 1, ...(how === 1 ? [] : [other]));
        changed[line] = words.join(' ');
      }
      try {
        parseNetlist(changed.join('\n'));
      } catch (error) {
        refused++;
        expect(error).toBeInstanceOf(NetlistError);
        expect((error as NetlistError).message).not.toMatch(/undefined|NaN|n-\d/);
      }
    }),
    { seed: 1, numRuns: 1000 },
  );
  expect(refused).toBeGreaterThan(500);
});

it('a net number beyond all memory is a slip of the pen, in the line that has it', () => {
  expect(() => parseNetlist('netlist x\ninput a n9999999999')).toThrow(/Line 2: nets are numbered below \d+/);
});

it('cells that are no table, or of no kind or group, are named', () => {
  const withCells = (change: Partial<CellTable>) => () => {
    validateNetlist({ ...netlist, cells: { ...netlist.cells, ...change } });
  };
  const { kind, group, b } = netlist.cells;
  expect(withCells({ b: b.slice(1) })).toThrow('"b" has');
  expect(withCells({ kind: kind.map((code, cell) => (cell === 5 ? 200 : code)) })).toThrow('cell 5 has kind 200');
  expect(withCells({ group: group.map((index, cell) => (cell === 7 ? 999 : index)) })).toThrow(
    'cell 7 stands in group 999',
  );
});

it('a memory that is called like another of its group, or whose address is too short, is named', () => {
  const { memories } = netlist;
  const written = memories.find(({ write }) => write !== undefined)!;
  const { group } = written;
  const withMemories = (changed: readonly Memory[]) => () => {
    validateNetlist({ ...netlist, memories: changed });
  };
  const replaced = (memory: Memory): Memory[] => memories.map((one) => (one === written ? memory : one));
  validateNetlist({ ...netlist, memories });
  expect(withMemories([...memories, written])).toThrow(
    `Two memories are called "${netlist.groups[group].name}.${written.name}". Rename one.`,
  );
  const bits = addressBits(written.depth);
  const short = Int32Array.from({ length: bits - 1 }, () => 2);
  expect(withMemories(replaced({ ...written, address: short }))).toThrow(
    `which take ${bits} bits of address, and is read by ${bits - 1}`,
  );
  expect(withMemories(replaced({ ...written, write: { ...written.write!, address: short } }))).toThrow(
    `is written by ${bits - 1}`,
  );
});
