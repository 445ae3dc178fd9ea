import { expect, test } from 'vitest';
import { exampleRows, selectExamples } from './examples.js';

const examples = {
  count: 3,
  shape: [2],
  values: Uint8Array.of(1, 2, 3, 4, 5, 6),
  labels: Uint8Array.of(0, 1, 1),
  classes: 2,
};

test('rows are the examples one by one', () => {
  expect(exampleRows(examples).map((row) => [...row])).toEqual([
    [1, 2],
    [3, 4],
    [5, 6],
  ]);
  expect(exampleRows({ ...examples, count: 0, values: new Uint8Array(0) })).toEqual([]);
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
