import { expect, test } from 'vitest';
import { emptyTally, tallied } from './tally.js';

test('a tally counts what is right, what was taken for what, and what differs from the simulator', () => {
  const tally = tallied(emptyTally(2), [
    { index: 0, label: 1, class: 1, differs: false, deviceMs: 2 },
    { index: 1, label: 1, class: 0, differs: true, deviceMs: 4 },
    { index: 2, label: 0, class: 0, differs: false },
  ]);
  expect(tally).toMatchObject({ done: 3, correct: 2, differing: 1, deviceMs: 6, timed: 2 });
  expect(tally.matrix).toEqual([
    [1, 0],
    [1, 1],
  ]);
  expect(tally.mistakes.map(({ index }) => index)).toEqual([1]);
  expect(tally.examples.get(2)).toEqual([1]);
});

test('a tally that is added to stays what it was', () => {
  const before = tallied(emptyTally(1), [{ index: 0, label: 0, class: 0, differs: false }]);
  tallied(before, [{ index: 1, label: 0, class: 0, differs: false }]);
  expect(before).toMatchObject({ done: 1, matrix: [[1]] });
  expect(before.examples.get(0)).toEqual([0]);
});
