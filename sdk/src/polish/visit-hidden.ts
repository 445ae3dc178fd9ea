/**
 * Visiting a hidden neuron: its weights, then its threshold.
 *
 * 1. Flipping the neuron's bit at an image adds d = +unit / temperature times the output sign w_c to the logit of
 *    each class c when the bit rises, and takes it away when the bit falls. With probabilities p_c before, the image's
 *    cross-entropy changes by log(P e^d + (1 - P) e^-d) - d w_label, P the sum of p_c over classes with w_c = +1.
 *    That effect does not depend on which weight is to blame, so it is computed once per neuron and image.
 * 2. Flipping a weight moves the sum of an image by +-2 x, x the pixel, all images the same way. With m = sum - threshold
 *    the bit is m >= 0. A rise flips bits that are 0 when m + 2 x >= 0, that is x > (-m - 1) / 2 rounded down; a fall
 *    flips bits that are 1 when m - 2 x < 0, that is x > m / 2 rounded down. So an image has a slack, of 8 bits.
 * 3. A candidate therefore costs the sum of the effects where pixel > slack. Effects are fixed-point integers whose
 *    sums stay within 32 bits, so they add up to the same number in any order, on any machine.
 */
import { permutation, type Random } from '../random.js';
import { padded, type Direction, type Scan } from './scan.js';
import { refreshImage, type PolishState } from './state.js';

const NEVER = 255;
const INT16_MAXIMUM = 32_767;
const INT32_MAXIMUM = 2 ** 31 - 1;

/** Threshold steps tried either way, in units of the largest pixel. */
const THRESHOLD_STEPS = [1 / 8, 1 / 2, 2];

/** Visits every weight of the neuron in random order, then its threshold. @returns how many changes were kept */
export function visitHidden(state: PolishState, scan: Scan, neuron: number, margin: number, random: Random): number {
  const { network } = state;
  const scale = effectScale(state);
  const limit = -margin * scale;
  prepareNeuron(state, neuron);
  const order = permutation(network.inputs, random);
  const directionOf = (input: number): Direction =>
    network.hiddenSigns[neuron * network.inputs + input] > 0 ? 'fall' : 'rise';
  let kept = 0;
  // Threads look at some candidates at once; those after one that is kept are looked at again.
  for (let next = 0; next < order.length;) {
    const candidates = order.slice(next, next + state.candidatesAtOnce);
    const changes = state.reduce(Array.from(candidates, (input) => scan(input, directionOf(input))));
    const found = changes.findIndex((change) => change < limit);
    next += found < 0 ? candidates.length : found + 1;
    if (found < 0) continue;
    const input = candidates[found];
    const factor = directionOf(input) === 'fall' ? -2 : 2;
    network.hiddenSigns[neuron * network.inputs + input] *= -1;
    moveSums(state, neuron, input, factor, scale);
    kept++;
  }
  return kept + visitThreshold(state, neuron, limit, scale);
}

/** Fills in the effects and slacks that scans of this neuron read. */
export function prepareNeuron(state: PolishState, neuron: number): void {
  const scale = effectScale(state);
  for (let image = 0; image < state.images; image++) {
    setEffect(state, neuron, image, scale);
    setSlack(state, neuron, image);
  }
}

export const thresholdCandidates = (inputBits: number): readonly number[] =>
  [...new Set(THRESHOLD_STEPS.map((step) => Math.ceil(step * (2 ** inputBits - 1))))].flatMap((step) => [-step, step]);

function visitThreshold(state: PolishState, neuron: number, limit: number, scale: number): number {
  const { images, sums, memory, network } = state;
  const { thresholds } = network;
  let kept = 0;
  for (const step of thresholdCandidates(network.inputBits)) {
    const [before, after] = [thresholds[neuron], thresholds[neuron] + step];
    const [low, high] = step > 0 ? [before, after] : [after, before];
    const flips = (image: number): boolean => {
      const sum = sums[neuron * images + image];
      return sum >= low && sum < high;
    };
    let here = 0;
    for (let image = 0; image < images; image++) if (flips(image)) here += memory.effects[image];
    const [change] = state.reduce([here]);
    if (change >= limit) continue;
    thresholds[neuron] = after;
    for (let image = 0; image < images; image++) if (flips(image)) flipBit(state, neuron, image, step < 0, scale);
    kept++;
  }
  return kept;
}

/** Returns the fixed-point steps per nat: as fine as 16 bits an effect and 32 bits a sum allow. */
export function effectScale({ totalImages, network, temperature }: PolishState): number {
  const largestEffect = (2 * network.unit) / temperature;
  return Math.min(INT16_MAXIMUM, Math.floor(INT32_MAXIMUM / totalImages)) / largestEffect;
}

function setEffect(state: PolishState, neuron: number, image: number, scale: number): void {
  const { network, images, sums, probabilities, labels, memory, temperature } = state;
  const { classes, hidden, outputSigns, thresholds, unit } = network;
  const bit = sums[neuron * images + image] >= thresholds[neuron];
  const step = (bit ? -unit : unit) / temperature;
  let positive = 0;
  for (let label = 0; label < classes; label++) {
    if (outputSigns[label * hidden + neuron] > 0) positive += probabilities[image * classes + label];
  }
  const sign = outputSigns[labels[image] * hidden + neuron];
  const effect = Math.log(positive * Math.exp(step) + (1 - positive) * Math.exp(-step)) - step * sign;
  memory.effects[image] = Math.round(effect * scale);
}

function setSlack({ network, images, sums, memory }: PolishState, neuron: number, image: number): void {
  const { slack } = memory;
  const distance = sums[neuron * images + image] - network.thresholds[neuron];
  const bit = distance >= 0;
  const needed = Math.min(NEVER, (bit ? distance : -distance - 1) >> 1);
  slack[image] = bit ? NEVER : needed;
  slack[padded(images) + image] = bit ? needed : NEVER;
}

/** Moves the neuron's sums by factor x pixel and everything that depends on them. */
function moveSums(state: PolishState, neuron: number, input: number, factor: number, scale: number): void {
  const { images, memory, sums, network } = state;
  const threshold = network.thresholds[neuron];
  const column = input * padded(images);
  const row = neuron * images;
  for (let image = 0; image < images; image++) {
    const pixel = memory.pixels[column + image];
    if (pixel === 0) continue;
    const before = sums[row + image] >= threshold;
    sums[row + image] += factor * pixel;
    const after = sums[row + image] >= threshold;
    setSlack(state, neuron, image);
    if (after !== before) flipBit(state, neuron, image, after, scale);
  }
}

/** Sets the neuron's bit at an image, and updates outputs, probabilities and effect. */
function flipBit(state: PolishState, neuron: number, image: number, bit: boolean, scale: number): void {
  const { network, outputs } = state;
  const { classes, hidden, outputSigns, unit } = network;
  const step = bit ? unit : -unit;
  for (let label = 0; label < classes; label++) {
    outputs[image * classes + label] += outputSigns[label * hidden + neuron] * step;
  }
  refreshImage(state, image);
  setEffect(state, neuron, image, scale);
}
