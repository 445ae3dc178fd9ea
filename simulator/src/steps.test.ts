import { expect, test } from 'vitest';
import { finish, within, type Steps } from './steps.js';

function* threeSteps(): Steps<string> {
  for (const share of [0, 0.5, 1]) yield share;
  return 'result';
}

test('steps are finished at once, or yield how much of them is done', () => {
  expect(finish(threeSteps())).toBe('result');
  expect([...threeSteps()]).toEqual([0, 0.5, 1]);
});

test('steps that are a part of longer work yield shares of the whole, and give their result', () => {
  expect([...within(0.5, 0.75, threeSteps())]).toEqual([0.5, 0.625, 0.75]);
  expect(finish(within(0.5, 0.75, threeSteps()))).toBe('result');
});
