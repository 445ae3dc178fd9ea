import { decodeMuLaw, type SampleEncoding } from '@adiabit/simulator/network';

/**
 * Returns the samples of an example in real numbers, less their mean and divided by their standard deviation; all 0
 * when they are all alike. What a frozen network computes in integers is `prepared` of the simulator.
 */
export function standardized(example: Uint8Array, encoding: SampleEncoding): Float64Array {
  const samples = Float64Array.from(example, encoding === 'muLaw' ? decodeMuLaw : Number);
  const mean = samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
  const variance = samples.reduce((sum, sample) => sum + (sample - mean) ** 2, 0) / samples.length;
  const deviation = Math.sqrt(Math.max(variance, 1e-12));
  return samples.map((sample) => (sample - mean) / deviation);
}
