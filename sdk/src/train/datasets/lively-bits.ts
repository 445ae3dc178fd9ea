import { isLogic, type Layer, thresholdsOf } from '../network/layers.js';
import type { Examples } from './dataset.js';

/** A bit is lively when it is on in more than this share of the examples, and off in more. */
const LIVELY = 0.003;

/** Returns which bits of a thermometer are lively, for the first wires of tables; undefined for a network that has none. */
export function livelyBits(layers: readonly Layer[], { values, count }: Examples): readonly number[] | undefined {
  const [first] = layers;
  if (!isLogic(layers) || first.kind !== 'thermometer') return undefined;
  const thresholds = thresholdsOf(first);
  const width = values.length / count;
  const on = new Uint32Array(width * first.levels);
  for (let at = 0, index = 0; index < values.length; index++) {
    for (let level = 0; level < first.levels; level++, at++) {
      if (at === on.length) at = 0;
      if (values[index] >= thresholds[at % thresholds.length]) on[at]++;
    }
  }
  return Array.from(on.keys()).filter((bit) => on[bit] > LIVELY * count && on[bit] < (1 - LIVELY) * count);
}
