import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gridOf, gridSize, placeOf, valueAt, valuesOf } from './space.js';

test('a range with a step has its ends and all numbers between, without rounding errors', () => {
  expect(valuesOf({ from: 0.1, to: 0.5, step: 0.1 })).toEqual([0.1, 0.2, 0.3, 0.4, 0.5]);
  expect(valuesOf({ from: 4, to: 11, step: 4 })).toEqual([4, 8]);
  expect(valuesOf({ from: 0, to: 1 })).toBeUndefined();
});

test('a grid has every combination, the last dimension changing first', () => {
  const space = { a: { values: [1, 2] }, b: { values: ['x', 'y'] } };
  expect(gridOf(space)).toEqual([
    { a: 1, b: 'x' },
    { a: 1, b: 'y' },
    { a: 2, b: 'x' },
    { a: 2, b: 'y' },
  ]);
  expect(gridSize(space)).toBe(4);
  expect(gridSize({ a: { from: 0, to: 1 } })).toBeUndefined();
  expect(gridOf({})).toEqual([{}]);
});

test('a logarithmic scale gives every factor of ten as much room', () => {
  const range = { from: 0.001, to: 10, scale: 'log' } as const;
  expect(valueAt(range, 0.5)).toBeCloseTo(0.1, 9);
  expect(valueAt(range, 0.25)).toBeCloseTo(0.01, 9);
});

test('each value of a choice and of a range with a step has an equal share', () => {
  const shares = (dimension: Parameters<typeof valueAt>[0]) =>
    Array.from({ length: 12 }, (_, index) => JSON.stringify(valueAt(dimension, (index + 0.5) / 12)));
  expect(shares({ values: [7, 8, 9] }).join('')).toBe('777788889999');
  expect(shares({ from: 1, to: 3, step: 1 }).join('')).toBe('111122223333');
});

test('values lie inside their ranges, and the place of a value gives the value again', () => {
  const range = fc
    .tuple(
      fc.double({ min: 0.001, max: 1000, noNaN: true }),
      fc.double({ min: 0, max: 1000, noNaN: true }),
      fc.option(fc.double({ min: 0.01, max: 100, noNaN: true }), { nil: undefined }),
      fc.constantFrom('linear' as const, 'log' as const),
    )
    .map(([from, more, step, scale]) => ({ from, to: from + more, scale, ...(step === undefined ? {} : { step }) }));
  fc.assert(
    fc.property(range, fc.double({ min: 0, max: 0.999, noNaN: true }), (dimension, place) => {
      const value = Number(valueAt(dimension, place));
      expect(value).toBeGreaterThanOrEqual(dimension.from * (1 - 1e-9));
      expect(value).toBeLessThanOrEqual(dimension.to * (1 + 1e-9));
      const again = Number(valueAt(dimension, placeOf(dimension, value)));
      expect(Math.abs(again - value)).toBeLessThanOrEqual(1e-6 * Math.abs(value));
    }),
  );
});
