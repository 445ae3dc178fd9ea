import { DataError } from '@adiabit/simulator/errors';
import { expect, test } from 'vitest';
import { toyExamples, toyNetwork } from '../testing/toy-problem.js';
import { checkExamples, gatherBatch } from './batches.js';

test('a batch holds the examples that the order names, with one-hot labels', () => {
  const examples = toyExamples(9, 1);
  const { size, inputs, targets } = gatherBatch(examples, Uint32Array.of(8, 4, 0, 2), 1, 2);
  expect(size).toBe(2);
  expect([...inputs]).toEqual([...examples.values.subarray(48, 60), ...examples.values.subarray(0, 12)]);
  // The labels of the toy examples go round 0, 1, 2.
  expect([...targets]).toEqual([0, 1, 0, 1, 0, 0]);
});

const spec = toyNetwork('both');
const examples = toyExamples(6, 1);

test.each([
  [
    'another number of inputs',
    { ...spec, inputs: 13 },
    examples,
    /13 inputs, but a test example has the shape \[3, 4\]/,
  ],
  ['another number of classes', spec, { ...examples, classes: 4 }, /3 outputs, but the test examples have 4 classes/],
  ['no examples', spec, toyExamples(0, 1), /no test examples/],
  [
    'values missing',
    spec,
    { ...examples, values: examples.values.subarray(1) },
    /6 test examples take 72 values, but .* 71/,
  ],
  ['a label missing', spec, { ...examples, labels: examples.labels.subarray(1) }, /6 test examples, but 5 labels/],
  [
    'a label out of range',
    spec,
    { ...examples, labels: Uint8Array.of(0, 1, 2, 3, 0, 0) },
    /Label 3 of the test examples is 3/,
  ],
  [
    'values beyond the input bits',
    { ...spec, inputBits: 2 },
    examples,
    /2-bit inputs, but value 0 of the test examples/,
  ],
])('examples with %s are refused', (_, network, given, message) => {
  const act = () => checkExamples(network, given, 'test');
  expect(act).toThrow(DataError);
  expect(act).toThrow(message);
});
