import { expect, test } from 'vitest';
import type { Examples } from '../train/datasets/dataset.js';
import { chanceOf, createEpochDoubts, doubtsOfData, doubtsOfPredictions, isNearChance, type Doubt } from './doubts.js';

const examplesOf = (labels: readonly number[], values = labels.map((_, index) => index)): Examples => ({
  count: labels.length,
  shape: [values.length / labels.length],
  classes: 3,
  values: Uint8Array.from(values),
  labels: Uint8Array.from(labels),
});

test('chance is the share of the most frequent class', () => {
  expect(chanceOf(examplesOf([0, 1, 2, 2]))).toBe(0.5);
  expect([0.3, 0.5, 0.52, 0.6].map((accuracy) => isNearChance(accuracy, 0.5))).toEqual([true, true, true, false]);
});

test('inputs that never change are counted, and the first is named', () => {
  expect(doubtsOfData({ train: examplesOf([0, 1], [5, 7, 9, 6, 7, 9]) })).toEqual([
    { kind: 'constant-inputs', constant: 2, inputs: 3, first: 1 },
  ]);
  expect(doubtsOfData({ train: examplesOf([0, 1], [5, 7, 6, 8]) })).toEqual([]);
});

test('a training that has learnt nothing after a tenth of its epochs is warned of, once', () => {
  const validation = examplesOf([0, 1, 2]);
  const doubtsAfter = (...accuracies: readonly number[]): readonly Doubt[] => {
    const doubts = createEpochDoubts({ validation });
    return accuracies.flatMap((softAccuracy, index) =>
      doubts({ epoch: index + 1, epochs: 30, softAccuracy, hardAccuracy: 1 / 3 }),
    );
  };
  expect(doubtsAfter(1 / 3, 0.34, 0.35, 0.35, 0.35)).toEqual([
    { kind: 'learns-nothing', epochs: 3, best: 0.35, chance: 1 / 3 },
  ]);
  expect(doubtsAfter(1 / 3, 0.5, 0.35, 0.35)).toEqual([]);
});

test('predictions near chance, or nearly all of one class, are doubted', () => {
  const labels = Array.from({ length: 100 }, (_, index) => index % 3);
  const test = examplesOf(labels);
  expect(doubtsOfPredictions(new Uint8Array(100).fill(2), test)).toEqual([
    { kind: 'near-chance', right: 0.33, chance: 0.34 },
    { kind: 'one-sided', class: 2, share: 1 },
  ]);
  expect(doubtsOfPredictions(Uint8Array.from(labels), test)).toEqual([]);
  // One class that is nearly everything is rightly predicted nearly always.
  const rare = examplesOf(labels.map((_, index) => (index < 3 ? 1 : 0)));
  expect(doubtsOfPredictions(rare.labels, rare)).toEqual([]);
});
