import type { Statistics } from '../network/parameters.js';

/** Pools the statistics of batches in float64: E[x] and E[x^2], each weighted by the size of its batch. */
export class PooledStatistics {
  #count = 0;
  readonly #first: Float64Array;
  readonly #second: Float64Array;

  constructor(channels: number) {
    this.#first = new Float64Array(channels);
    this.#second = new Float64Array(channels);
  }

  add({ mean, variance }: Statistics, size: number): void {
    this.#count += size;
    mean.forEach((value, channel) => {
      this.#first[channel] += size * value;
      this.#second[channel] += size * (variance[channel] + value ** 2);
    });
  }

  statistics(): Statistics {
    const mean = Float32Array.from(this.#first, (sum) => sum / this.#count);
    const variance = Float32Array.from(this.#second, (sum, channel) =>
      Math.max(0, sum / this.#count - (this.#first[channel] / this.#count) ** 2),
    );
    return { mean, variance };
  }
}
