import { expect, it } from 'vitest';
import { vectorsForInputs } from './lanes.js';

it('the compiled engine is narrow for few inputs and for pipelines that are mostly empty, wide for many inputs', () => {
  const shallow = { initiationInterval: 1, latency: 3 };
  expect([0, 1, 128, 400, 10_000, 100_000].map((inputs) => vectorsForInputs(inputs, shallow))).toEqual([
    1, 1, 1, 1, 4, 4,
  ]);
  const deep = { initiationInterval: 1, latency: 21 };
  expect([128, 1000, 8000, 100_000].map((inputs) => vectorsForInputs(inputs, deep))).toEqual([1, 1, 2, 4]);
  // One input at a time: nothing to fill.
  expect(vectorsForInputs(1000, { initiationInterval: 500, latency: 510 })).toBe(4);
});
