import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  MAX_SCALE_MULTIPLIER,
  MAX_SCALE_SHIFT,
  checkValueScale,
  isValueScale,
  scaleOfRange,
  scaledByte,
  scaledBytes,
  type ValueScale,
} from './value-scale.js';

const int32 = fc.oneof(
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  fc.constantFrom(-(2 ** 31), 2 ** 31 - 1, 0, -1, 1),
);
const scale: fc.Arbitrary<ValueScale> = fc.record({
  offset: int32,
  multiplier: fc.oneof(fc.integer({ min: 1, max: MAX_SCALE_MULTIPLIER }), fc.constantFrom(1, MAX_SCALE_MULTIPLIER)),
  shift: fc.integer({ min: 0, max: MAX_SCALE_SHIFT }),
});

/** The definition, in integers without limits. */
function defined({ offset, multiplier, shift }: ValueScale, value: number): number {
  const half = shift === 0 ? 0n : 1n << BigInt(shift - 1);
  const sum = (BigInt(value) - BigInt(offset)) * BigInt(multiplier) + half;
  expect(BigInt.asIntN(64, sum)).toBe(sum);
  const result = sum >> BigInt(shift);
  return Number(result < 0n ? 0n : result > 255n ? 255n : result);
}

describe('the byte of a raw value', () => {
  test('is what the definition says in integers of 64 bits, which never overflow', () => {
    fc.assert(
      fc.property(scale, int32, (one, value) => {
        expect(scaledByte(one, value)).toBe(defined(one, value));
      }),
      { numRuns: 2000 },
    );
  });

  test('rounds halves up, and with a shift of 0 does not round', () => {
    const halves = { offset: 0, multiplier: 1, shift: 1 };
    expect([0, 1, 2, 3, -1, -2].map((value) => scaledByte(halves, value))).toEqual([0, 1, 1, 2, 0, 0]);
    expect([-1, 7, 300].map((value) => scaledByte({ offset: 0, multiplier: 1, shift: 0 }, value))).toEqual([0, 7, 255]);
  });

  test('takes the channels of a place in turn', () => {
    const scales = [0, 10].map((offset) => ({ offset, multiplier: 1, shift: 0 }));
    expect([...scaledBytes(scales, [1, 11, 2, 12])]).toEqual([1, 1, 2, 2]);
  });
});

describe('the scale of a range', () => {
  test('turns its ends into 0 and 255, and is within the limits', () => {
    const ends = fc.tuple(int32, int32).map(([one, other]) => (one < other ? [one, other] : [other, one]));
    fc.assert(
      fc.property(ends, ([low, high]) => {
        const made = scaleOfRange(low, high);
        expect(isValueScale(made)).toBe(true);
        expect(scaledByte(made, low)).toBe(0);
        if (high > low) expect(scaledByte(made, high)).toBe(255);
      }),
    );
  });

  test('never puts a larger value below a smaller one', () => {
    fc.assert(
      fc.property(scale, int32, int32, (one, left, right) => {
        const [less, more] = [Math.min(left, right), Math.max(left, right)];
        expect(scaledByte(one, less)).toBeLessThanOrEqual(scaledByte(one, more));
      }),
    );
  });

  test('refuses ends that are the wrong way round or beyond 32 bits', () => {
    for (const [low, high] of [
      [1, 0],
      [0, 2 ** 31],
      [-(2 ** 31) - 1, 0],
      [NaN, 1],
    ])
      expect(() => scaleOfRange(low, high)).toThrow('A range goes from a low to a high value');
  });
});

test('a scale beyond the limits is refused by name', () => {
  const good = { offset: 0, multiplier: 1, shift: 0 };
  const wrong = [{ offset: 0.5 }, { offset: 2 ** 31 }, { multiplier: 0 }, { multiplier: 2 ** 30 + 1 }, { shift: 63 }];
  for (const change of wrong) expect(() => checkValueScale({ ...good, ...change })).toThrow('multiplier from 1');
  expect(() => checkValueScale(good)).not.toThrow();
});
