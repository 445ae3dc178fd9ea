import { crc32 as zlibCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bitMatrixFrom,
  bitMatrixOfWords,
  getBit,
  hasCleanTails,
  popcount32,
  popcountRow,
  tailMask,
} from './bit-matrix.js';
import { crc32 } from './crc32.js';
import { bitOfSign, signOfBit } from './polarity.js';

const WIDTHS = [1, 31, 32, 33, 63, 64, 65];

describe('polarity', () => {
  it('reads 1 as +1, 0 as -1, and the sign of zero as +1', () => {
    expect([2, 0, -0, -Number.MIN_VALUE].map(bitOfSign)).toEqual([1, 1, 1, 0]);
    expect([0, 1].map(signOfBit)).toEqual([-1, 1]);
  });
});

describe('packed bits', () => {
  it.each(WIDTHS)('of %i columns keep every bit and no others', (columns) => {
    const matrix = bitMatrixFrom(3, columns, (row, column) => (row * 7 + column * 5) % 3 === 0);
    for (let row = 0; row < 3; row++) {
      let ones = 0;
      for (let column = 0; column < columns; column++) {
        expect(getBit(matrix, row, column)).toBe((row * 7 + column * 5) % 3 === 0 ? 1 : 0);
        ones += getBit(matrix, row, column);
      }
      expect(popcountRow(matrix, row)).toBe(ones);
    }
    expect(hasCleanTails(matrix)).toBe(true);
  });

  it.each(WIDTHS)('of %i columns lose dirty tail bits when taken from words', (columns) => {
    const words = new Uint32Array(2 * Math.ceil(columns / 32)).fill(0xffffffff);
    const matrix = bitMatrixOfWords(2, columns, words);
    expect([popcountRow(matrix, 0), popcountRow(matrix, 1)]).toEqual([columns, columns]);
    expect(hasCleanTails({ ...matrix, words })).toBe(tailMask(columns) === 0xffffffff);
  });

  it('count ones like a loop over the bits', () => {
    fc.assert(
      fc.property(fc.integer(), (word) => {
        expect(popcount32(word)).toBe((word >>> 0).toString(2).replaceAll('0', '').length);
      }),
    );
  });
});

describe('CRC-32', () => {
  it('equals zlib, in one piece or in two', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (first, second) => {
        expect(crc32(second, crc32(first))).toBe(zlibCrc32(Buffer.concat([first, second])));
      }),
    );
  });
});
