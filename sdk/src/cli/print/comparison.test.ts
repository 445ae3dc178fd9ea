import { expect, test } from 'vitest';
import type { HardComparison } from '../../model/comparison.js';
import { describeComparison } from './comparison.js';

const comparison: HardComparison = {
  isExact: false,
  agreement: { equal: 5997, total: 6000, largestDifference: 0.1234, outputs: { minimum: -14.2, maximum: 10 } },
  held: [{ layer: 3, holds: 4.109, reach: 97 }],
  testAccuracy: { hard: 0.9, frozen: 0.895 },
};

test('a comparison says what differs, by how much, and what may be cut off', () => {
  expect(describeComparison(comparison)).toEqual([
    'near, not exact: real numbers were rounded, or outputs that nearly tie could be told apart otherwise',
    'beside the hard network: class differs on 3 of 6,000 validation examples; outputs by at most 0.123 (they lie between -14.2 and 10)',
    'layer 3 holds real values up to 4.11, the largest of some examples; larger ones (at most 97) are cut off',
  ]);
});

test('accuracies more than half a point apart are warned of, whichever is higher', () => {
  const lines = (hard: number, frozen: number) =>
    describeComparison({ ...comparison, testAccuracy: { hard, frozen } }).join('\n');
  expect(lines(0.825, 0.663)).toContain('WARNING: of the test the hard network gets 82.50 % right');
  expect(lines(0.8, 0.8051)).toContain('WARNING');
  expect(lines(0.8051, 0.801)).not.toContain('WARNING');
});

test('a claim of exactness is only made where it is proved, and nothing compared is not agreement', () => {
  expect(describeComparison({ ...comparison, isExact: true })[0]).toContain('exact: every class');
  const none = { ...comparison.agreement, equal: 0, total: 0 };
  expect(describeComparison({ ...comparison, agreement: none })).toContain(
    'no validation examples were compared with the hard network',
  );
  expect(describeComparison(undefined)).toEqual([expect.stringContaining('not compared with a hard network')]);
});
