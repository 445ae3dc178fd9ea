import type { Examples } from '../datasets/dataset.js';
import { isLogic, type Layer, thresholdsOf } from '../network/layers.js';

/** A bit is lively when it is on in more than this share of the examples, and off in more. */
const LIVELY = 0.003;
const LARGEST_VALUE = 255;

/** Returns which bits of a thermometer are lively, for the first wires of tables; undefined for a network that has none. */
export function livelyBits(layers: readonly Layer[], { values, count }: Examples): readonly number[] | undefined {
  const [first] = layers;
  if (!isLogic(layers) || first.kind !== 'thermometer') return undefined;
  const thresholds = thresholdsOf(first);
  const width = values.length / count;
  const histograms = Array.from({ length: width }, () => new Uint32Array(LARGEST_VALUE + 1));
  for (let start = 0; start < values.length; start += width) {
    for (let input = 0; input < width; input++) histograms[input][values[start + input]]++;
  }
  const on = histograms.flatMap((histogram, input) =>
    Array.from({ length: first.levels }, (_, level) =>
      histogram.subarray(thresholds[(input * first.levels + level) % thresholds.length]).reduce((sum, n) => sum + n, 0),
    ),
  );
  return Array.from(on.keys()).filter((bit) => on[bit] > LIVELY * count && on[bit] < (1 - LIVELY) * count);
}
