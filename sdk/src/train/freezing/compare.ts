import type { Agreement } from '../../model/comparison.js';
import { argmax } from '../../model/oracle.js';
import { hardOutputs } from '../evaluation/evaluate-hard.js';
import type { TrainedNetwork } from '../network/trained-network.js';

/**
 * Compares outputs in float64.
 * @param examples as recorded
 * @param frozen the integer outputs for them
 * @param unit the real value of one step of the integer outputs
 */
export function compareWithHard(
  network: TrainedNetwork,
  examples: readonly Uint8Array[],
  frozen: readonly Int32Array[],
  unit: number,
): Agreement {
  const outputsOf = hardOutputs(network);
  let equal = 0;
  let largestDifference = 0;
  let outputs = { minimum: 0, maximum: 0 };
  examples.forEach((example, index) => {
    const real = outputsOf(example);
    const integers = frozen[index];
    if (argmax(real) === argmax(integers)) equal++;
    real.forEach((value, output) => {
      largestDifference = Math.max(largestDifference, Math.abs(value - integers[output] * unit));
      const before = index === 0 && output === 0 ? { minimum: value, maximum: value } : outputs;
      outputs = { minimum: Math.min(before.minimum, value), maximum: Math.max(before.maximum, value) };
    });
  });
  return { equal, total: examples.length, largestDifference, outputs };
}
