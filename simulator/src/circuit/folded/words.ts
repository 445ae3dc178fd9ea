import { createBitMatrix, setBit, type BitMatrix } from '../../bits/bit-matrix.js';
import { delay, type Word } from '../unrolled/blocks.js';
import type { NetlistBuilder } from '../../netlist/builder.js';
import { CONSTANT_0, CONSTANT_1 } from '../../netlist/netlist.js';
import type { Range } from '../../network/ranges.js';

/** The bits of a value; two's complement if it can be negative. */
export interface ValueFormat {
  readonly bits: number;
  readonly signed: boolean;
}

/** Gives the narrowest format that holds a range. */
export function formatOf({ minimum, maximum }: Range): ValueFormat {
  const signed = minimum < 0;
  let bits = 1;
  while (maximum > 2 ** (signed ? bits - 1 : bits) - 1 || (signed && minimum < -(2 ** (bits - 1)))) bits++;
  return { bits, signed };
}

/** Gives the bits that hold 0..maximum, even beyond 32 bits. */
export const unsignedBits = (maximum: number): number => formatOf({ minimum: 0, maximum }).bits;

/** Gives a number as constant nets, modulo 2^bits. */
export const constantWord = (value: number | bigint, bits: number): Word =>
  Array.from({ length: bits }, (_, bit) => ((BigInt(value) >> BigInt(bit)) & 1n ? CONSTANT_1 : CONSTANT_0));

/** Extends a word with its sign, or with zeros. */
export const extended = (word: Word, bits: number, signed: boolean): Word =>
  Array.from({ length: bits }, (_, bit) => {
    if (bit < word.length) return word[bit];
    return signed ? word[word.length - 1] : CONSTANT_0;
  });

export const delayAll = (builder: NetlistBuilder, nets: Word, cycles: number): Word =>
  nets.map((net) => delay(builder, net, cycles));

/** Computes `select ? one : other`, bit by bit. */
export const choose = (builder: NetlistBuilder, select: number, one: Word, other: Word): Word =>
  one.map((net, bit) => (net === other[bit] ? net : builder.mux(select, net, other[bit])));

/** Packs rows of numbers, each modulo 2^bits of its column, as the contents of a memory. */
export function packRows(
  rows: number,
  fields: readonly number[],
  value: (row: number, field: number) => bigint,
): BitMatrix {
  const matrix = createBitMatrix(
    rows,
    fields.reduce((sum, bits) => sum + bits, 0),
  );
  for (let row = 0; row < rows; row++) {
    let at = 0;
    fields.forEach((bits, field) => {
      const number = BigInt.asUintN(bits, value(row, field));
      for (let bit = 0; bit < bits; bit++, at++) if ((number >> BigInt(bit)) & 1n) setBit(matrix, row, at);
    });
  }
  return matrix;
}
