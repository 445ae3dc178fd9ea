import { accuraciesDiffer, type HardComparison } from '../../model/comparison.js';
import { count, percent } from '../../text/format.js';

/** Says how a model's integers stand to the hard network, in lines. */
export function describeComparison(comparison: HardComparison | undefined): readonly string[] {
  if (comparison === undefined) {
    return ['not compared with a hard network: the model was polished, or is not as "adiabit train" froze it'];
  }
  const { isExact, agreement, held, testAccuracy } = comparison;
  return [
    isExact
      ? "exact: every class is the hard network's, whatever the input (proved)"
      : 'near, not exact: real numbers were rounded, or outputs that nearly tie could be told apart otherwise',
    ...describeAgreement(agreement),
    ...held.map(
      ({ layer, holds, reach }) =>
        `layer ${layer} holds real values up to ${short(holds)}, the largest of some examples; larger ones (at most ` +
        `${short(reach)}) are cut off`,
    ),
    ...(testAccuracy === undefined ? [] : warnings(testAccuracy)),
  ];
}

function describeAgreement({ equal, total, largestDifference, outputs }: HardComparison['agreement']): string[] {
  if (total === 0) return ['no validation examples were compared with the hard network'];
  return [
    `beside the hard network: class differs on ${count(total - equal)} of ${count(total)} validation examples; outputs by at most ` +
      `${short(largestDifference)} (they lie between ${short(outputs.minimum)} and ${short(outputs.maximum)})`,
  ];
}

function warnings(accuracies: { readonly hard: number; readonly frozen: number }): string[] {
  if (!accuraciesDiffer(accuracies)) return [];
  return [
    `WARNING: of the test the hard network gets ${percent(accuracies.hard)} right, the integers that ship ` +
      `${percent(accuracies.frozen)}. Batch normalisation before what stays real, or fewer real layers, bring them closer.`,
  ];
}

const short = (value: number): string => (Number.isInteger(value) ? count(value) : value.toPrecision(3));
