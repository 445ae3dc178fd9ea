/** Zero crossings of the sinc on either side: more make the filter's edge steeper. */
const ZERO_CROSSINGS = 16;

/** Tells how far the filter reaches to either side, in samples of the old rate. */
export const filterReach = (fromHz: number, toHz: number): number => ZERO_CROSSINGS * Math.max(1, fromHz / toHz);

/**
 * Returns a sound at another rate, by a windowed sinc (Hann): frequencies above half of the lower rate are filtered out
 * first, as sampling needs (J. O. Smith, "Digital audio resampling", ccrma.stanford.edu/~jos/resample). Before its
 * beginning and after its end the sound is silent; a constant stays what it is in between.
 * @param most samples of the new rate, from the beginning
 */
export function resample(samples: Float32Array, fromHz: number, toHz: number, most = Infinity): Float32Array {
  if (fromHz === toHz) return samples;
  // The filter's cut-off, in cycles of the old rate's samples times two.
  const cutoff = Math.min(1, toHz / fromHz);
  const reach = filterReach(fromHz, toHz);
  const length = Math.max(1, Math.round((samples.length * toHz) / fromHz));
  const result = new Float32Array(Math.min(length, most));
  for (let index = 0; index < result.length; index++) {
    const center = (index * fromHz) / toHz;
    let sum = 0;
    let weights = 0;
    for (let from = Math.ceil(center - reach); from <= center + reach; from++) {
      const distance = from - center;
      const weight = sinc(cutoff * distance) * (0.5 + 0.5 * Math.cos((Math.PI * distance) / reach));
      weights += weight;
      sum += weight * (samples[from] ?? 0);
    }
    result[index] = sum / weights;
  }
  return result;
}

function sinc(value: number): number {
  return value === 0 ? 1 : Math.sin(Math.PI * value) / (Math.PI * value);
}
