import { expect, test } from 'vitest';
import { datasetFromArrays, type ArrayDataset } from './arrays.js';

const labels = [0, 1, 0, 1, 0, 1, 0, 1, 0, 1];
const values = Float64Array.from({ length: 20 }, (_, index) => index);
const given: ArrayDataset = { name: 'pairs', shape: [2], classes: 2, train: { values, labels } };

test('arrays of any type become a data set, its missing parts cut out by class', () => {
  const dataset = datasetFromArrays(given);
  expect([dataset.train.count, dataset.validation.count, dataset.test.count]).toEqual([7, 1, 2]);
  const all = [dataset.train, dataset.validation, dataset.test].flatMap((part) => [...part.values]);
  expect(all.sort((left, right) => left - right)).toEqual([...values]);
  for (const part of [dataset.train, dataset.validation, dataset.test]) {
    part.labels.forEach((label, index) => expect(label).toBe((part.values[2 * index] / 2) % 2));
  }
});

test('one array an example is the same, and parts that are given stay whole', () => {
  const rows = Array.from({ length: 10 }, (_, index) => values.subarray(2 * index, 2 * index + 2));
  expect(datasetFromArrays({ ...given, train: { values: rows, labels } })).toEqual(datasetFromArrays(given));
  const part = { values: [1, 2, 3, 4], labels: [0, 1] };
  const dataset = datasetFromArrays({ ...given, classes: ['off', 'on'], validation: part, test: part });
  expect([dataset.train.count, dataset.validation.count, dataset.test.count]).toEqual([10, 2, 2]);
  expect(dataset.classNames).toEqual(['off', 'on']);
});

test('the arrays are copied', () => {
  const own = Uint8Array.from(values);
  const { train } = datasetFromArrays({ ...given, train: { values: own, labels }, validationCount: 0, testCount: 0 });
  own.fill(99);
  expect([...train.values]).toEqual([...values]);
});

const withValue = (index: number, value: number) => values.map((old, at) => (at === index ? value : old));

test.each<[string, Partial<ArrayDataset>, string, RegExp]>([
  [
    'a value above a byte',
    { train: { values: withValue(5, 256), labels } },
    'bad-value',
    /train: value 1 of example 2 is 256/,
  ],
  [
    'a fraction',
    { train: { values: withValue(0, 0.5), labels } },
    'bad-value',
    /is 0.5, .* Scale and round them first/,
  ],
  ['NaN', { train: { values: withValue(19, NaN), labels } }, 'bad-value', /value 1 of example 9 is NaN/],
  ['a value below 0', { train: { values: withValue(2, -1), labels } }, 'bad-value', /value 0 of example 1 is -1/],
  [
    'a label out of range',
    { train: { values, labels: [...labels.slice(1), 2] } },
    'bad-value',
    /label 9 is 2, .* 0 to 1/,
  ],
  ['a fractional label', { train: { values, labels: [0.5, ...labels.slice(1)] } }, 'bad-value', /label 0 is 0.5/],
  [
    'a value missing',
    { train: { values: values.subarray(1), labels } },
    'shape-mismatch',
    /10 labels, so 20 values .* there are 19/,
  ],
  [
    'an example of another size',
    { train: { values: [[1, 2], [3]], labels: [0, 1] } },
    'shape-mismatch',
    /example 1 has 1 values/,
  ],
  ['a part that does not fit', { test: { values: [1], labels: [0] } }, 'shape-mismatch', /test: 1 labels, so 2 values/],
  ['an empty class', { classes: 3 }, 'bad-value', /class 2 has no training examples/],
  ['no classes', { classes: 0 }, 'bad-value', /1 to 256 classes, not 0/],
  ['a shape that is none', { shape: [2, 0] }, 'bad-value', /not \[2, 0\]/],
])('%s is refused and named', (_, change, kind, message) => {
  const act = () => datasetFromArrays({ ...given, ...change });
  expect(act).toThrow(message);
  expect(act).toThrow(expect.objectContaining({ code: `data.${kind}` }));
});
