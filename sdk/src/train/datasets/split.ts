import { DataError } from '@adiabit/simulator/errors';
import { permutation, type Random } from '../../random.js';
import type { Examples } from './dataset.js';
import { selectExamples } from './examples.js';

export interface Split {
  readonly kept: Examples;
  readonly taken: Examples;
}

/**
 * Takes `takenCount` examples out, each class in proportion to its size (largest remainders first), chosen at random
 * within the class. Both parts keep the order of the examples.
 *
 * @throws DataError `data.bad-value` when a class is empty or takenCount is not in 0..count
 */
export function stratifiedSplit(examples: Examples, takenCount: number, random: Random): Split {
  if (!Number.isInteger(takenCount) || takenCount < 0 || takenCount > examples.count) {
    const message = `Cannot take ${takenCount} of ${examples.count} examples for validation.`;
    throw new DataError('bad-value', message, { takenCount, count: examples.count });
  }
  const members = classMembers(examples);
  const quotas = proportionalQuotas(
    members.map(({ length }) => length),
    takenCount,
  );
  const isTaken = new Uint8Array(examples.count);
  members.forEach((indices, label) => {
    for (const position of permutation(indices.length, random).subarray(0, quotas[label]))
      isTaken[indices[position]] = 1;
  });
  return {
    kept: selectExamples(examples, (index) => isTaken[index] === 0),
    taken: selectExamples(examples, (index) => isTaken[index] === 1),
  };
}

function classMembers({ count, labels, classes }: Examples): readonly number[][] {
  const members = Array.from({ length: classes }, (): number[] => []);
  for (let index = 0; index < count; index++) members[labels[index]].push(index);
  const empty = members.findIndex(({ length }) => length === 0);
  if (empty >= 0) {
    throw new DataError('bad-value', `Class ${empty} has no examples: nothing can learn it.`, { class: empty });
  }
  return members;
}

/**
 * Returns whole numbers in proportion to the sizes that sum to `total` (Hamilton's method; ties go to the lower class).
 */
function proportionalQuotas(sizes: readonly number[], total: number): number[] {
  const sum = sizes.reduce((left, right) => left + right, 0);
  const exact = sizes.map((size) => (size * total) / sum);
  const quotas = exact.map(Math.floor);
  const missing = total - quotas.reduce((left, right) => left + right, 0);
  const byRemainder = exact
    .map((value, label) => ({ label, remainder: value - Math.floor(value) }))
    .sort((left, right) => right.remainder - left.remainder || left.label - right.label);
  for (const { label } of byRemainder.slice(0, missing)) quotas[label]++;
  return quotas;
}
