import type { Examples } from '../train/datasets/dataset.js';
import { selectExamples } from '../train/datasets/examples.js';
import type { PolishNetwork } from './network.js';
import { createState, meanLoss, refreshAll } from './state.js';

const GOLDEN = (Math.sqrt(5) - 1) / 2;
/** 30 steps narrow ten octaves to about 1e-5 of an octave. */
const STEPS = 30;
const OCTAVES = 10;

/** This number of images is enough to fit one number. */
const SAMPLES = 10_000;

/**
 * Returns the temperature with which the softmax of the integer outputs has the smallest cross-entropy, in units of the
 * outputs. A model holds no scale for them, and needs none to classify; the loss does. Golden-section search
 * (J. Kiefer, 1953) over the logarithm: the loss is convex in 1 / temperature, so it has one valley.
 */
export function fitTemperature(network: PolishNetwork, parts: readonly Examples[]): number {
  const sample = createState(network, sampleOf(parts));
  const { unit, hidden } = network;
  const lossAt = (exponent: number): number => {
    sample.temperature = 2 ** exponent;
    refreshAll(sample);
    return meanLoss(sample);
  };
  // From a quarter of a hidden bit's worth, upwards.
  let low = Math.log2(unit) - 2;
  let high = Math.min(low + OCTAVES, Math.log2(unit * hidden) + 2);
  let [left, right] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)];
  let [lossLeft, lossRight] = [lossAt(left), lossAt(right)];
  for (let step = 0; step < STEPS; step++) {
    if (lossLeft <= lossRight) {
      [high, right, lossRight] = [right, left, lossLeft];
      left = high - GOLDEN * (high - low);
      lossLeft = lossAt(left);
    } else {
      [low, left, lossLeft] = [left, right, lossRight];
      right = low + GOLDEN * (high - low);
      lossRight = lossAt(right);
    }
  }
  return 2 ** ((low + high) / 2);
}

/** Returns images spread evenly over all parts. */
function sampleOf(parts: readonly Examples[]): readonly Examples[] {
  const images = parts.reduce((sum, { count }) => sum + count, 0);
  const every = Math.max(1, images / SAMPLES);
  let before = 0;
  return parts.map((part) => {
    const first = before;
    before += part.count;
    return selectExamples(
      part,
      (index) => Math.floor((first + index) / every) !== Math.floor((first + index - 1) / every),
    );
  });
}
