import { type BitMatrix, getBit } from '../bits/bit-matrix.js';
import type { Bit } from '../bits/polarity.js';

/**
 * A memory like the block memories of FPGAs: one read and at most one write a cycle, both at the clock edge. The word
 * that is read appears on `data` in the next cycle. If the same word is written in that cycle, the old value is read.
 * Addresses beyond the last word read zeros, and writing there changes nothing.
 */
export interface Memory {
  /** Unique in its group. */
  readonly name: string;
  /** The group that it belongs to: an index into the groups of the netlist. */
  readonly group: number;
  readonly depth: number;
  /** The nets of the address to read, least significant bit first. */
  readonly address: Int32Array;
  /**
   * The nets of the word that was read, which the memory drives. They start at 0. Their number is the width of a word.
   */
  readonly data: Int32Array;
  /** If absent, the memory is read-only. */
  readonly write?: MemoryWrite;
  /** The initial contents, depth x width bits. If absent, zeros. */
  readonly contents?: BitMatrix;
}

export interface MemoryWrite {
  readonly enable: number;
  readonly address: Int32Array;
  /** As many nets as `Memory.data`. */
  readonly data: Int32Array;
}

/** Gives the bits of an address below `depth`. */
export const addressBits = (depth: number): number => Math.max(1, 32 - Math.clz32(depth - 1));

/** Lists the nets that a memory reads. */
export const operandsOfMemory = ({ address, write }: Memory): number[] =>
  write === undefined ? [...address] : [...address, write.enable, ...write.address, ...write.data];

/** Copies a memory, with each net replaced. */
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

/** Gives the initial bits of a memory, word by word. */
export function firstWords({ depth, data, contents }: Memory): Uint8Array {
  const width = data.length;
  const words = new Uint8Array(depth * width);
  if (contents !== undefined)
    for (let at = 0; at < words.length; at++) words[at] = getBit(contents, Math.floor(at / width), at % width);
  return words;
}

/** The effect of a clock edge on a memory. This is the reference that every engine is tested against. */
export interface MemoryStep {
  /** The word on `data` in the next cycle. */
  readonly read: Uint8Array;
  /** The word that is stored, and the index of its first bit among all bits. */
  readonly written?: { readonly start: number; readonly word: Uint8Array };
}

/**
 * Computes the effect of a clock edge.
 * @param words all bits, word by word
 * @param value gives the value of a net in this cycle
 */
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
