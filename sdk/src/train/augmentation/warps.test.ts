import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Random } from '../../random.js';
import { shiftBatch } from './shifts.js';
import { drawAffine, warpImage } from './warps.js';

const still = { downByDown: 1, downByRight: 0, rightByDown: 0, rightByRight: 1 };
/** Rows 10 20 30, 40 50 60 and 70 80 90. */
const nine = Float32Array.of(10, 20, 30, 40, 50, 60, 70, 80, 90);
function warped(affine: typeof still, down = 0, right = 0, repeatsEdge = false): number[] {
  const target = new Float32Array(9);
  warpImage(target, nine, [3, 3, 1], affine, { down, right }, repeatsEdge);
  return [...target];
}

test('a quarter turn takes the top row to the side', () => {
  const quarter = { downByDown: 0, downByRight: 1, rightByDown: -1, rightByRight: 0 };
  expect(warped(quarter)).toEqual([30, 60, 90, 20, 50, 80, 10, 40, 70]);
});

test('a shift by whole pixels moves them; what enters is 0, or the edge', () => {
  expect(warped(still, 1, 0)).toEqual([0, 0, 0, 10, 20, 30, 40, 50, 60]);
  expect(warped(still, 0, -1)).toEqual([20, 30, 0, 50, 60, 0, 80, 90, 0]);
  expect(warped(still, 1, 0, true)).toEqual([10, 20, 30, 10, 20, 30, 40, 50, 60]);
});

test('between pixels the value is between theirs, rounded to a whole number', () => {
  expect(warped(still, 0, 0.25)).toEqual([8, 18, 28, 30, 48, 58, 53, 78, 88]);
});

test('half the size shrinks to the middle, and channels stay apart', () => {
  const source = Float32Array.from({ length: 5 * 5 * 2 }, (_, index) => (index % 2 === 0 ? 100 : 7));
  const target = new Float32Array(source.length);
  const shrunk = { ...still, downByDown: 2, rightByRight: 2 };
  warpImage(target, source, [5, 5, 2], shrunk, { down: 0, right: 0 }, false);
  const channel = (which: number) => [...target].filter((_, index) => index % 2 === which);
  const inside = [6, 7, 8, 11, 12, 13, 16, 17, 18];
  expect(channel(0).flatMap((value, place) => (value > 0 ? [place] : []))).toEqual(inside);
  expect(channel(1).flatMap((value, place) => (value > 0 ? [place] : []))).toEqual(inside);
  expect(new Set(target)).toEqual(new Set([0, 100, 7]));
});

test('a warp of nothing leaves every batch as it is; the same seed warps alike, within the range of the pixels', () => {
  const shape = [5, 4];
  const pixels = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 40, maxLength: 40 });
  fc.assert(
    fc.property(pixels, fc.integer(), (values, seed) => {
      const batch = { size: 2, inputs: Float32Array.from(values), targets: new Float32Array(2) };
      const none = { maxRotationDegrees: 0, maxScale: 0, maxShear: 0 };
      const same = shiftBatch(batch, shape, { maxShift: 0, warp: none }, Random.fromSeed(seed));
      expect(same.inputs).toEqual(batch.inputs);
      const some = { maxShift: 2, mirrors: true, warp: { maxRotationDegrees: 30, maxScale: 0.2, maxShear: 0.2 } };
      const first = shiftBatch(batch, shape, some, Random.fromSeed(seed)).inputs;
      expect(shiftBatch(batch, shape, some, Random.fromSeed(seed)).inputs).toEqual(first);
      expect(Math.max(...first)).toBeLessThanOrEqual(Math.max(...values));
      expect(first.every((value) => Number.isInteger(value) && value >= 0)).toBe(true);
    }),
    { seed: 5 },
  );
});

test('what is drawn keeps within its limits, and a mirrored picture only changes sides', () => {
  const warp = { maxRotationDegrees: 90, maxScale: 0.5, maxShear: 1 };
  for (let seed = 0; seed < 50; seed++) {
    const plain = drawAffine(warp, false, Random.fromSeed(seed));
    const mirrored = drawAffine(warp, true, Random.fromSeed(seed));
    const scale = Math.hypot(plain.downByDown, plain.downByRight);
    expect(scale).toBeGreaterThanOrEqual(0.5);
    expect(scale).toBeLessThanOrEqual(1.5);
    expect(Math.abs(plain.rightByDown + plain.downByRight)).toBeLessThanOrEqual(1);
    expect(mirrored).toEqual({ ...plain, rightByDown: -plain.rightByDown, rightByRight: -plain.rightByRight });
  }
});
