import { expect, test } from 'vitest';
import { Random } from '../../random.js';
import type { Examples } from '../datasets/dataset.js';
import { checkPictureAugmentation, copyShifted, shiftBatch, shiftExamples } from './shifts.js';

/** Rows 1 2 3 and 4 5 6. */
const image = Uint8Array.of(1, 2, 3, 4, 5, 6);
const shifted = (down: number, right: number): number[] => {
  const target = new Uint8Array(6);
  copyShifted(target, image, 3, { down, right });
  return [...target];
};

test('a moved image loses what leaves it and is 0 where nothing was', () => {
  expect(shifted(0, 0)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(shifted(1, 0)).toEqual([0, 0, 0, 1, 2, 3]);
  expect(shifted(-1, 0)).toEqual([4, 5, 6, 0, 0, 0]);
  expect(shifted(0, 1)).toEqual([0, 1, 2, 0, 4, 5]);
  expect(shifted(0, -2)).toEqual([3, 0, 0, 6, 0, 0]);
  expect(shifted(1, -1)).toEqual([0, 0, 0, 2, 3, 0]);
  expect(shifted(2, 0)).toEqual([0, 0, 0, 0, 0, 0]);
  expect(shifted(0, 3)).toEqual([0, 0, 0, 0, 0, 0]);
});

const examples: Examples = {
  count: 2,
  shape: [2, 3],
  values: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12),
  labels: Uint8Array.of(0, 1),
  classes: 2,
};

test('a moved copy of examples leaves the examples as they are', () => {
  const copy = shiftExamples(examples, { down: 0, right: 1 });
  expect([...copy.values]).toEqual([0, 1, 2, 0, 4, 5, 0, 7, 8, 0, 10, 11]);
  expect(copy.labels).toEqual(examples.labels);
  expect(examples.values[0]).toBe(1);
});

test('a batch is moved image by image, each of the nine ways about as often, the same for the same seed', () => {
  const size = 900;
  const inputs = new Float32Array(size * 9);
  // One bright pixel in the middle of 3 x 3 shows where each image went.
  for (let row = 0; row < size; row++) inputs[row * 9 + 4] = 200;
  const batch = { size, inputs, targets: new Float32Array(size) };
  const move = (seed: number) => shiftBatch(batch, [3, 3], { maxShift: 1 }, Random.fromSeed(seed)).inputs;
  const moved = move(1);
  const arrivals = Array.from({ length: 9 }, (_, place) => moved.filter((value, at) => value > 0 && at % 9 === place));
  for (const { length } of arrivals) expect(Math.abs(length - 100)).toBeLessThan(40);
  expect(move(1)).toEqual(moved);
  expect(move(2)).not.toEqual(moved);
});

test('what enters can be the pixel at the edge, in every channel, and half of the images are mirrored', () => {
  const size = 400;
  // Red is the column, 0 to 2, green ten times the row, 0 to 1.
  const picture = [0, 0, 1, 0, 2, 0, 0, 10, 1, 10, 2, 10];
  const batch = {
    size,
    inputs: Float32Array.from({ length: size * 12 }, (_, at) => picture[at % 12]),
    targets: new Float32Array(0),
  };
  const augmentation = { maxShift: 1, fill: 'nearest', mirrors: true } as const;
  const { inputs } = shiftBatch(batch, [2, 3, 2], augmentation, Random.fromSeed(1));
  const rows = Array.from({ length: size }, (_, index) => [...inputs.subarray(index * 12, index * 12 + 6)]);
  const reds = rows.map((row) => `${row[0]}${row[2]}${row[4]}`);
  expect(new Set(reds)).toEqual(new Set(['012', '001', '122', '210', '221', '100']));
  expect(Math.abs(reds.filter((red) => red > '1' && red !== '122').length - size / 2)).toBeLessThan(60);
  expect(new Set(rows.map((row) => row[1]))).toEqual(new Set([0, 10]));
  expect(rows.every((row) => row[1] === row[3] && row[3] === row[5])).toBe(true);
});

test('only images can be moved, and by whole pixels', () => {
  expect(() => shiftExamples({ ...examples, shape: [6] }, { down: 1, right: 0 })).toThrow(/shape \[6\]/);
  expect(() => checkPictureAugmentation({ maxShift: 1 }, [6])).toThrow(/shape \[6\]/);
  expect(() => checkPictureAugmentation({ maxShift: 1 }, [2, 3, 1])).not.toThrow();
  expect(() => checkPictureAugmentation({ maxShift: 0.5 }, [2, 3])).toThrow(/maxShift/);
  expect(() => checkPictureAugmentation({ maxShift: 0 }, [2, 3])).toThrow(/maxShift/);
});
