import type { BitMatrix } from '../bits/bit-matrix.js';
import { getBit } from '../bits/bit-matrix.js';
import type { Bit } from '../bits/polarity.js';

/**
 * Words under addresses, as the block memories of FPGAs have them: one read and at most one write a cycle, both at the clock
 * edge. What is read stands on `data` in the next cycle; a word that is written in the same cycle is read as it was.
 * There are zeros beyond the last word, and writing there changes nothing.
 */
export interface Memory {
  /** Unique in its group. */
  readonly name: string;
  /** The group in which it stands: an index into the groups of the netlist. */
  readonly group: number;
  readonly depth: number;
  /** Nets of the address to read, least significant bit first. */
  readonly address: Int32Array;
  /** Nets of the word that was read, which the memory drives; 0 at first. As many as a word is wide. */
  readonly data: Int32Array;
  /** Absent: nothing ever writes to it. */
  readonly write?: MemoryWrite;
  /** depth x width bits that it holds at first; absent: zeros. */
  readonly contents?: BitMatrix;
}

export interface MemoryWrite {
  readonly enable: number;
  readonly address: Int32Array;
  /** As many nets as `Memory.data`. */
  readonly data: Int32Array;
}

/** Bits that count to `depth` - 1. */
export const addressBits = (depth: number): number => Math.max(1, 32 - Math.clz32(depth - 1));

/** Nets that a memory reads. */
export const operandsOfMemory = ({ address, write }: Memory): number[] =>
  write === undefined ? [...address] : [...address, write.enable, ...write.address, ...write.data];

/** The same memory on other nets. */
export const withNets = (memory: Memory, net: (old: number) => number): Memory => ({
  ...memory,
  address: memory.address.map(net),
  data: memory.data.map(net),
  ...(memory.write === undefined
    ? {}
    : {
        write: {
          enable: net(memory.write.enable),
          address: memory.write.address.map(net),
          data: memory.write.data.map(net),
        },
      }),
});

/** All bits of a memory at first, word after word. */
export function firstWords({ depth, data, contents }: Memory): Uint8Array {
  const width = data.length;
  const words = new Uint8Array(depth * width);
  if (contents !== undefined)
    for (let at = 0; at < words.length; at++) words[at] = getBit(contents, Math.floor(at / width), at % width);
  return words;
}

/** What a clock edge does to a memory. The slow truth that every engine is tested against. */
export interface MemoryStep {
  /** The word that stands on `data` in the next cycle. */
  readonly read: Uint8Array;
  /** The word that is stored, and where it starts among all bits. */
  readonly written?: { readonly start: number; readonly word: Uint8Array };
}

/** @param words all bits, word after word @param value of a net in this cycle */
export function stepMemory(memory: Memory, words: Uint8Array, value: (net: number) => Bit): MemoryStep {
  const { depth, address, data, write } = memory;
  const width = data.length;
  const startAt = (nets: Int32Array): number => width * nets.reduce((sum, net, bit) => sum + value(net) * 2 ** bit, 0);
  const from = startAt(address);
  const read = from < depth * width ? words.slice(from, from + width) : new Uint8Array(width);
  if (write === undefined || value(write.enable) === 0) return { read };
  const start = startAt(write.address);
  return start < depth * width ? { read, written: { start, word: Uint8Array.from(write.data, value) } } : { read };
}
