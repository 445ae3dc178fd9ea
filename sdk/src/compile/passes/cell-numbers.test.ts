import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CellNumbers } from './cell-numbers.js';
import { NetMap } from './net-map.js';

describe('numbers of cells', () => {
  it('are the same for the same cell only, and count up from 1', () => {
    const operand = fc.integer({ min: -1, max: 3 });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), operand, operand, operand)), (cells) => {
        const numbers = new CellNumbers();
        const expected = new Map<string, number>();
        for (const [code, a, b, c] of cells) {
          const key = [code, a, b, c].join();
          if (!expected.has(key)) expected.set(key, expected.size + 1);
          expect(numbers.numberOf(code, a, b, c)).toBe(expected.get(key));
        }
      }),
    );
  });

  it('stay while the table grows', () => {
    const numbers = new CellNumbers();
    const count = 10_000;
    for (let round = 0; round < 2; round++) {
      for (let cell = 0; cell < count; cell++) expect(numbers.numberOf(3, cell, cell >> 3, -1)).toBe(cell + 1);
    }
  });
});

describe('a map of nets', () => {
  it('gives 0 for nets without a number, also beyond its end, and keeps what it has when it grows', () => {
    const map = new NetMap();
    map.set(3, 7);
    map.set(100_000, 8);
    expect([3, 4, 99_999, 100_000, 100_001, 1 << 30].map((net) => map.get(net))).toEqual([7, 0, 0, 8, 0, 0]);
  });
});
