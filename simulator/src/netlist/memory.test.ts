import { describe, expect, it } from 'vitest';
import { getBit } from '../bits/bit-matrix.js';
import type { Bit } from '../bits/polarity.js';
import { writeBlif, writeDot, writeYosysJson } from '../interchange/index.js';
import { Random } from '../random.js';
import { addressBits, firstWords, stepMemory, type Memory } from './memory.js';
import { parseNetlist } from './parse.js';
import { printNetlist } from './print.js';
import { netlistStats } from './stats.js';
import { randomNetlist } from './testing/random-netlist.js';
import { validateNetlist } from './validate.js';

const random = Random.fromSeed(3, 'memories');
const { netlist } = randomNetlist(() => random.nextWord());

describe('a memory', () => {
  it('reads the word that was there before the write of the same cycle, and zeros beyond its end', () => {
    const memory: Memory = {
      name: 'm',
      group: 0,
      depth: 3,
      address: Int32Array.of(2, 3),
      data: Int32Array.of(10, 11),
      write: { enable: 4, address: Int32Array.of(5, 6), data: Int32Array.of(7, 8) },
    };
    const step = (words: Uint8Array, ones: readonly number[]) =>
      stepMemory(memory, words, (net): Bit => (ones.includes(net) ? 1 : 0));
    const words = Uint8Array.of(0, 1, 1, 1, 0, 0);
    expect(step(words, [])).toEqual({ read: Uint8Array.of(0, 1) });
    expect(step(words, [2, 4, 5, 7])).toEqual({
      read: Uint8Array.of(1, 1),
      written: { start: 2, word: Uint8Array.of(1, 0) },
    });
    expect(step(words, [2, 3, 4, 5, 6])).toEqual({ read: Uint8Array.of(0, 0) });
  });

  it('needs as many address bits as count to its last word', () => {
    expect([1, 2, 3, 4, 5, 256, 257].map(addressBits)).toEqual([1, 1, 2, 2, 3, 8, 9]);
  });

  it('holds its contents at first', () => {
    const memory = netlist.memories.find(({ name }) => name === 'rom')!;
    const words = firstWords(memory);
    expect(words.length).toBe(15);
    words.forEach((bit, at) => expect(bit).toBe(getBit(memory.contents!, Math.floor(at / 3), at % 3)));
  });

  it('prints as a line that parses back to the same netlist', () => {
    const text = [...printNetlist(netlist)].join('\n');
    expect(text).toMatch(/^memory ram 3 address n\d+ n\d+ data n\d+ n\d+ write( n\d+){5}$/m);
    const parsed = parseNetlist(text);
    expect([...printNetlist(parsed)].join('\n')).toBe(text);
    expect(parsed.memories.map(({ contents }) => contents)).toEqual(netlist.memories.map(({ contents }) => contents));
    expect(netlistStats(netlist).memoryBits).toBe(15 + 6 + 4);
  });

  it('is refused with a second driver, an undriven address or words of another width', () => {
    const withMemory = (change: (memory: Memory) => Memory) => () =>
      validateNetlist({ ...netlist, memories: netlist.memories.map(change) });
    const cases: [(memory: Memory) => Memory, string][] = [
      [(memory) => ({ ...memory, data: memory.data.fill(2) }), 'multiple-drivers'],
      [(memory) => ({ ...memory, address: memory.address.map(() => netlist.netCount) }), 'undriven'],
      [(memory) => ({ ...memory, depth: 6 }), 'width-mismatch'],
    ];
    for (const [change, code] of cases) {
      const copied = (memory: Memory): Memory => change({ ...memory, data: memory.data.slice() });
      expect(withMemory(copied)).toThrow(expect.objectContaining({ code: `netlist.${code}` }) as Error);
    }
  });

  it('is drawn by DOT, a cell of Yosys, and refused by BLIF, which has gates only', () => {
    expect([...writeDot(netlist, { cells: true })].join('\n')).toContain('rom\\n5 x 3 bits');
    expect(() => [...writeBlif(netlist)]).toThrow(expect.objectContaining({ code: 'netlist.unsupported' }) as Error);
    expect([...writeYosysJson(netlist)].join('')).toContain('"$mem_v2"');
  });
});
