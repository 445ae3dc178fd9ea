import { expect, test } from 'vitest';
import { fallsBehind, hurdlesOf } from './median-rule.js';

const rule = { afterEpochs: 2, minTrials: 3 };

test('the hurdle after an epoch is the median of the mean accuracies up to there', () => {
  const histories = [
    [0.1, 0.3, 0.5],
    [0.2, 0.4, 0.6],
    [0.3, 0.9, 0.9],
  ];
  const hurdles = hurdlesOf(histories, rule);
  expect(hurdles[0]).toBeNull();
  expect(hurdles[1]).toBeCloseTo(0.3);
  expect(hurdles[2]).toBeCloseTo(0.4);
});

test('trials that did not come so far have no say, and too few have none at all', () => {
  const histories = [
    [0.1, 0.2, 0.3],
    [0.2, 0.3],
    [0.3, 0.4, 0.5],
  ];
  expect(hurdlesOf(histories, rule)[2]).toBeNull();
  expect(hurdlesOf([], rule)).toEqual([]);
});

test('of an even number of trials the median is the mean of the two in the middle', () => {
  const histories = [
    [0.1, 0.1],
    [0.2, 0.2],
    [0.4, 0.4],
    [0.9, 0.9],
  ];
  expect(hurdlesOf(histories, rule)[1]).toBeCloseTo(0.3);
});

test('a trial is given up when its best so far is below the hurdle, not when it is equal or nobody asks', () => {
  const hurdles = [null, 0.5];
  expect(fallsBehind([0.4, 0.3], hurdles)).toBe(true);
  expect(fallsBehind([0.5, 0.3], hurdles)).toBe(false);
  expect(fallsBehind([0.1], hurdles)).toBe(false);
  expect(fallsBehind([0.1, 0.1, 0.1], hurdles)).toBe(false);
  expect(fallsBehind([], hurdles)).toBe(false);
  expect(fallsBehind([0.1])).toBe(false);
});
