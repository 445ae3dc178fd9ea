import { expect, test } from 'vitest';
import { modelDigest } from '../model/model-file.js';
import type { BinarizedModel } from '../model/model.js';
import { createOracle } from '../model/oracle.js';
import { exampleVectors } from '../train/datasets/dataset.js';
import { toyExamples } from '../train/testing/toy-problem.js';
import { accuracyOf } from './forward.js';
import { packModel, unpackModel } from './network.js';
import { randomModel } from './testing/random-model.js';

const model = randomModel(1);
const [first, last] = model.layers;

test('a model unpacked and packed again is the same model', () => {
  expect(modelDigest(packModel(unpackModel(model), model))).toBe(modelDigest(model));
});

test('changing an unpacked network leaves the model it came from alone', () => {
  const before = modelDigest(model);
  const network = unpackModel(model);
  network.hiddenSigns[0] *= -1;
  network.thresholds[0] += 1;
  network.offsets[0] += 1;
  expect(modelDigest(model)).toBe(before);
  expect(modelDigest(packModel(network, model))).not.toBe(before);
});

test('the accuracy is that of the oracle', () => {
  const examples = toyExamples(60, 5);
  const oracle = createOracle(model);
  const right = exampleVectors(examples).filter((input, index) => oracle(input).class === examples.labels[index]);
  expect(accuracyOf(unpackModel(model), examples)).toBe(right.length / 60);
});

const refused: readonly (readonly [string, BinarizedModel, RegExp])[] = [
  ['one layer', { ...model, input: { count: 8, bits: 1 }, layers: [last] }, /has 1 layers/],
  [
    'three layers',
    { ...model, layers: [first, { ...first, inputs: 8, weights: { ...first.weights, columns: 8 } }, last] },
    /has 3 layers/,
  ],
  [
    'bits read as +1 and -1',
    { ...model, layers: [first, { ...last, inputEncoding: 'bipolar' }] },
    /layer 1 reads bits as \+1 and -1/,
  ],
];

test.each(refused)('a model of %s is refused', (_, given, message) => {
  expect(() => unpackModel(given)).toThrow(expect.objectContaining({ code: 'model.unsupported-layer' }));
  expect(() => unpackModel(given)).toThrow(message);
});
