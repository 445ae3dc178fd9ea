import { expect, test } from 'vitest';
import { exampleVectors } from './dataset.js';
import { selectExamples } from './examples.js';

const examples = {
  count: 3,
  shape: [2],
  values: Uint8Array.of(1, 2, 3, 4, 5, 6),
  labels: Uint8Array.of(0, 1, 1),
  classes: 2,
};

test('vectors are the examples one by one, all or the first few', () => {
  expect(exampleVectors(examples).map((vector) => [...vector])).toEqual([
    [1, 2],
    [3, 4],
    [5, 6],
  ]);
  expect(exampleVectors(examples, 1)).toEqual([Uint8Array.of(1, 2)]);
  expect(exampleVectors(examples, 9)).toHaveLength(3);
  expect(exampleVectors({ ...examples, count: 0, values: new Uint8Array(0) })).toEqual([]);
});

test('a selection keeps the order, the labels and the classes', () => {
  const selected = selectExamples(examples, (index) => index !== 1);
  expect(selected).toEqual({
    count: 2,
    shape: [2],
    values: Uint8Array.of(1, 2, 5, 6),
    labels: Uint8Array.of(0, 1),
    classes: 2,
  });
  expect(selectExamples(examples, () => false).count).toBe(0);
});
