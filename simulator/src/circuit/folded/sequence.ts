import { getBit, type BitMatrix } from '../../bits/bit-matrix.js';
import type { Word } from '../unrolled/blocks.js';
import type { NetlistBuilder } from '../../netlist/builder.js';
import { addressBits } from '../../netlist/memory.js';
import { CONSTANT_0, CONSTANT_1 } from '../../netlist/netlist.js';
import { choose } from './words.js';

/** A counter 0..extent-1 that wraps around. */
export interface Counter {
  readonly value: Word;
  /** The value in the next cycle. */
  readonly next: Word;
  /** 1 while the counter is at its last value. */
  readonly isLast: number;
}

/** Builds a counter of the cycles in which `advance` is 1. A counter with an extent of 1 costs no cells. */
export function counter(builder: NetlistBuilder, extent: number, advance: number): Counter {
  if (extent === 1) return { value: [], next: [], isLast: CONSTANT_1 };
  const bits = Array.from({ length: addressBits(extent) }, () => builder.openRegister());
  const value = bits.map(({ q }) => q);
  const isLast = equals(builder, value, extent - 1);
  let carry = advance;
  const wraps = builder.not(builder.and(advance, isLast));
  const next = bits.map((bit) => {
    const more = builder.halfAdder(bit.q, carry);
    carry = more.carry;
    // An extent that is a power of two wraps without extra logic.
    const following = extent === 2 ** bits.length ? more.sum : builder.and(more.sum, wraps);
    bit.connect(following);
    return following;
  });
  return { value, next, isLast };
}

/** Tells whether a word equals a constant. */
export function equals(builder: NetlistBuilder, word: Word, constant: number): number {
  return word
    .map((net, bit) => (Math.floor(constant / 2 ** bit) % 2 === 1 ? net : builder.not(net)))
    .reduce((all, net) => builder.and(all, net));
}

/**
 * Gives the rows of a table in order, again and again. `advance` is 1 in the cycle before a row is used for the last
 * time. A table of one row is constants.
 */
export function sequence(builder: NetlistBuilder, name: string, table: BitMatrix, advance: number): Word {
  if (table.rows === 1) {
    return Array.from({ length: table.columns }, (_, bit) => (getBit(table, 0, bit) === 1 ? CONSTANT_1 : CONSTANT_0));
  }
  const { value } = counter(builder, table.rows, advance);
  const memory = builder.memory(name, { depth: table.rows, width: table.columns, contents: table });
  memory.connectRead(value);
  return memory.data;
}

/** Selects a row of a small table in the same cycle. */
export function rowNow(builder: NetlistBuilder, table: BitMatrix, row: Word): Word {
  const rows = Array.from({ length: table.rows }, (_, index): Word =>
    Array.from({ length: table.columns }, (_unused, bit) =>
      getBit(table, index, bit) === 1 ? CONSTANT_1 : CONSTANT_0,
    ),
  );
  return selectWord(builder, rows, row);
}

/** Selects one of several words by number. */
export function selectWord(builder: NetlistBuilder, words: readonly Word[], select: Word): Word {
  let left = words;
  for (const bit of select) {
    left = Array.from({ length: Math.ceil(left.length / 2) }, (_, pair) => {
      const [even, odd] = [left[2 * pair], left.at(2 * pair + 1)];
      return odd === undefined ? even : choose(builder, bit, odd, even);
    });
  }
  return left[0];
}
