import { expect, test } from 'vitest';
import { describeDoubt } from './doubt.js';

test('a doubt says what was seen, and what to try', () => {
  expect(describeDoubt({ kind: 'constant-inputs', constant: 2, inputs: 3, first: 1 })).toContain(
    '2 of 3 inputs are the same in every training example, input 1 first',
  );
  const stuck = describeDoubt({ kind: 'learns-nothing', epochs: 3, best: 0.35, chance: 1 / 3 });
  expect(stuck).toContain('WARNING: after 3 epochs at most 35.00 % are right, near chance (33.33 %)');
  expect(stuck).toContain('withCentredInputs');
  expect(describeDoubt({ kind: 'near-chance', right: 0.33, chance: 0.34 })).toContain(
    'WARNING: 33.00 % of the test right is near chance (34.00 %)',
  );
  expect(describeDoubt({ kind: 'one-sided', class: 2, share: 1 })).toContain(
    'class 2 takes 100.00 % of all predictions',
  );
});
