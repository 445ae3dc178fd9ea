import type { InputPreparation } from '@adiabit/simulator/bitstream';
import { DataError } from '@adiabit/simulator/errors';
import { decodeMuLaw } from './mu-law.js';

/** The samples of an example, less their mean and divided by their standard deviation; all 0 when they are all alike. */
export function standardized(example: Uint8Array, muLaw: boolean): Float64Array {
  const samples = Float64Array.from(example, muLaw ? decodeMuLaw : Number);
  const mean = samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
  const variance = samples.reduce((sum, sample) => sum + (sample - mean) ** 2, 0) / samples.length;
  const deviation = Math.sqrt(Math.max(variance, 1e-12));
  return samples.map((sample) => (sample - mean) / deviation);
}

/**
 * The inputs of a model from an example as it was recorded.
 * @throws DataError `data.shape-mismatch` for an example of another length
 */
export function prepareInput(
  input: { readonly count: number; readonly bits: number; readonly preparation?: InputPreparation },
  example: Uint8Array,
): Uint8Array {
  if (example.length !== input.count) {
    const details = { expected: input.count, actual: example.length };
    throw new DataError(
      'shape-mismatch',
      `An example of ${input.count} values is expected, not of ${example.length}.`,
      details,
    );
  }
  const { preparation, bits } = input;
  if (preparation === undefined) return example;
  const middle = 2 ** (bits - 1);
  return Uint8Array.from(standardized(example, preparation.muLaw), (value) =>
    Math.min(Math.max(Math.round(value / preparation.step) + middle, 0), 2 * middle - 1),
  );
}
