import type { Examples } from './dataset.js';

/**
 * Returns the mean and standard deviation of each channel (the last axis), as a `normalize` layer takes them; 1 for a
 * constant.
 */
export function channelStatistics({ values, shape }: Examples): {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
} {
  const channels = shape[shape.length - 1];
  const count = values.length / channels;
  const sums = new Float64Array(channels);
  values.forEach((value, index) => (sums[index % channels] += value));
  const mean = Array.from(sums, (sum) => sum / count);
  const squares = new Float64Array(channels);
  values.forEach((value, index) => (squares[index % channels] += (value - mean[index % channels]) ** 2));
  return { mean, deviation: Array.from(squares, (sum) => (sum === 0 ? 1 : Math.sqrt(sum / count))) };
}
