import { expect, test } from 'vitest';
import type { Examples } from '../train/datasets/dataset.js';
import { chanceOf, createEpochDoubts, doubtsOfData, doubtsOfPredictions, isNearChance } from './doubts.js';

const examplesOf = (labels: readonly number[], values = labels.map((_, index) => index)): Examples => ({
  ...{ count: labels.length, shape: [values.length / labels.length], classes: 3 },
  ...{ values: Uint8Array.from(values), labels: Uint8Array.from(labels) },
});

test('chance is the share of the most frequent class', () => {
  expect(chanceOf(examplesOf([0, 1, 2, 2]))).toBe(0.5);
  expect([0.3, 0.5, 0.52, 0.6].map((accuracy) => isNearChance(accuracy, 0.5))).toEqual([true, true, true, false]);
});

test('inputs that never change are counted, and the first is named', () => {
  expect(doubtsOfData({ train: examplesOf([0, 1], [5, 7, 9, 6, 7, 9]) })[0]).toContain(
    '2 of 3 inputs are the same in every training example, input 1 first',
  );
  expect(doubtsOfData({ train: examplesOf([0, 1], [5, 7, 6, 8]) })).toEqual([]);
});

test('a training that has learnt nothing after a tenth of its epochs is warned of, once', () => {
  const validation = examplesOf([0, 1, 2]);
  const linesOf = (...accuracies: readonly number[]): string[] => {
    const doubts = createEpochDoubts({ validation });
    return accuracies.flatMap((softAccuracy, index) =>
      doubts({ epoch: index + 1, epochs: 30, softAccuracy, hardAccuracy: 1 / 3 }),
    );
  };
  expect(linesOf(1 / 3, 0.34, 0.35, 0.35, 0.35)).toEqual([
    expect.stringContaining('WARNING: after 3 epochs at most 35.00 % are right, near chance (33.33 %)'),
  ]);
  expect(linesOf(1 / 3, 0.5, 0.35, 0.35)).toEqual([]);
});

test('predictions near chance, or nearly all of one class, are warned of with what to try', () => {
  const labels = Array.from({ length: 100 }, (_, index) => index % 3);
  const test = examplesOf(labels);
  const allTwo = doubtsOfPredictions(new Uint8Array(100).fill(2), test).join('\n');
  expect(allTwo).toContain('WARNING: 33.00 % of the test right is near chance (34.00 %)');
  expect(allTwo).toContain('class 2 takes 100.00 % of all predictions');
  expect(allTwo).toContain('withCentredInputs');
  expect(doubtsOfPredictions(Uint8Array.from(labels), test)).toEqual([]);
  // One class that is nearly everything is rightly predicted nearly always.
  const rare = examplesOf(labels.map((_, index) => (index < 3 ? 1 : 0)));
  expect(doubtsOfPredictions(rare.labels, rare)).toEqual([]);
});
