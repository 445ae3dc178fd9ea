import { expect, it } from 'vitest';
import { vectorsForInputs } from './lanes.js';

it('the compiled engine is as wide as the inputs need, and no wider than what is fastest for many', () => {
  expect([1, 128, 129, 512, 10_000].map(vectorsForInputs)).toEqual([1, 1, 2, 4, 4]);
  expect(vectorsForInputs(0)).toBe(1);
});
