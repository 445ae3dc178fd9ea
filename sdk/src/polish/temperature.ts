import { meanLoss, refreshAll, type PolishState } from './state.js';

const GOLDEN = (Math.sqrt(5) - 1) / 2;
/** 30 steps narrow ten octaves to about 1e-5 of an octave. */
const STEPS = 30;
const OCTAVES = 10;

/** Every so many images are enough to fit one number. */
const SAMPLES = 10_000;

/**
 * The temperature with which the softmax of the integer outputs has the smallest cross-entropy, in units of the
 * outputs. A model holds no scale for them, and needs none to classify; the loss does. Golden-section search
 * (J. Kiefer, 1953) over the logarithm: the loss is convex in 1 / temperature, so it has one valley.
 */
export function fitTemperature(state: PolishState): number {
  const sample = sampleOf(state);
  const { unit, hidden } = state.network;
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

/** Outputs and labels of images spread evenly over all. */
function sampleOf(state: PolishState): PolishState {
  const { classes } = state.network;
  const images = Math.min(SAMPLES, state.images);
  const chosen = Array.from({ length: images }, (_, index) => Math.floor((index * state.images) / images));
  const outputs = new Int32Array(images * classes);
  chosen.forEach((image, index) => {
    outputs.set(state.outputs.subarray(image * classes, (image + 1) * classes), index * classes);
  });
  const labels = Uint8Array.from(chosen, (image) => state.labels[image]);
  return { ...state, images, labels, outputs, probabilities: new Float64Array(images * classes) };
}
