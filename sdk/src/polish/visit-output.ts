/**
 * Visiting a class: the output weights that lead to it, then its offset. Adding d to the logit of a class with
 * probability p changes an image's cross-entropy by log(1 - p + p e^d), less d where the class is the label.
 */
import { permutation, type Random } from '../random.js';
import { LOSS_STEPS, refreshImage, type PolishState } from './state.js';

/** Offset steps tried either way, in units of what a hidden bit adds. */
const OFFSET_STEPS = [1 / 4, 1, 4];

/** Visits every output weight of the class in random order, then its offset. @returns how many changes were kept */
export function visitOutput(state: PolishState, label: number, margin: number, random: Random): number {
  const { network, images, sums } = state;
  const { hidden, outputSigns, thresholds, unit } = network;
  const limit = -margin * LOSS_STEPS;
  // What adding or taking two units does to each image's loss: at a hidden bit of 1 a flipped weight does just that.
  const rise = new Float64Array(images);
  const fall = new Float64Array(images);
  const setEffects = (image: number): void => {
    rise[image] = lossChange(state, label, image, 2 * unit);
    fall[image] = lossChange(state, label, image, -2 * unit);
  };
  for (let image = 0; image < images; image++) setEffects(image);
  let kept = 0;
  for (const neuron of permutation(hidden, random)) {
    const weight = label * hidden + neuron;
    const falls = outputSigns[weight] > 0;
    const effects = falls ? fall : rise;
    const row = neuron * images;
    const threshold = thresholds[neuron];
    let here = 0;
    for (let image = 0; image < images; image++) if (sums[row + image] >= threshold) here += effects[image];
    const [change] = state.reduce([here]);
    if (change >= limit) continue;
    outputSigns[weight] *= -1;
    for (let image = 0; image < images; image++) {
      if (sums[row + image] < threshold) continue;
      addToOutput(state, label, image, falls ? -2 * unit : 2 * unit);
      setEffects(image);
    }
    kept++;
  }
  return kept + visitOffset(state, label, limit);
}

export const offsetCandidates = (unit: number): readonly number[] =>
  [...new Set(OFFSET_STEPS.map((step) => Math.ceil(step * unit)))].flatMap((size) => [-size, size]);

function visitOffset(state: PolishState, label: number, limit: number): number {
  const { images, network } = state;
  let kept = 0;
  for (const step of offsetCandidates(network.unit)) {
    let here = 0;
    for (let image = 0; image < images; image++) here += lossChange(state, label, image, step);
    const [change] = state.reduce([here]);
    if (change >= limit) continue;
    network.offsets[label] += step;
    for (let image = 0; image < images; image++) addToOutput(state, label, image, step);
    kept++;
  }
  return kept;
}

/** Computes how the loss changes, in whole steps: see `LOSS_STEPS`. */
function lossChange(state: PolishState, label: number, image: number, step: number): number {
  const { network, probabilities, labels, temperature } = state;
  const probability = probabilities[image * network.classes + label];
  const change = Math.log1p(probability * Math.expm1(step / temperature));
  return Math.round(LOSS_STEPS * (labels[image] === label ? change - step / temperature : change));
}

function addToOutput(state: PolishState, label: number, image: number, step: number): void {
  state.outputs[image * state.network.classes + label] += step;
  refreshImage(state, image);
}
