import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Int32List } from './int32-list.js';
import { Sequences } from './sequences.js';

const listOf = (values: readonly number[]): Int32List => {
  const list = new Int32List();
  for (const value of values) list.push(value);
  return list;
};

describe('numbers of sequences', () => {
  it('are the same for equal lists only, and count up from 0', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.integer({ min: -1, max: 2 }), { maxLength: 4 })), (lists) => {
        const sequences = new Sequences();
        const expected = new Map<string, number>();
        for (const list of lists) {
          const key = list.join();
          if (!expected.has(key)) expected.set(key, expected.size);
          expect(sequences.numberOf(listOf(list))).toBe(expected.get(key));
        }
      }),
    );
  });

  it('stay while the table grows', () => {
    const sequences = new Sequences();
    for (let round = 0; round < 2; round++)
      for (let at = 0; at < 3000; at++) expect(sequences.numberOf(listOf([at >> 4, at & 15]))).toBe(at);
  });
});

describe('a list of integers', () => {
  it('takes any part of another list, and any number of it', () => {
    const other = listOf(Array.from({ length: 3000 }, (_, index) => index));
    const list = listOf([-1]);
    list.pushAll(other);
    list.pushAll(other, 2, 4);
    list.set(0, 9);
    expect([...list.toArray()]).toEqual([9, ...other.toArray(), 2, 3]);
    list.clear();
    expect(list.toArray()).toEqual(new Int32Array());
  });
});
