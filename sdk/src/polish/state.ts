import type { Examples } from '../train/datasets/dataset.js';
import { shiftExamples, type Shift } from '../train/augmentation/shifts.js';
import type { PolishNetwork } from './network.js';
import { reduceNothing, type Reduce } from './reduce.js';
import { padded, type Scan, type ScanMemory } from './scan.js';
import { createScanKernel } from './scan-kernel.js';
import { inputMajor, sumHidden } from './forward.js';

/** The network on every training image: all that decides what a change of one bit does to the loss. */
export interface PolishState {
  readonly network: PolishNetwork;
  readonly images: number;
  readonly labels: Uint8Array;
  readonly memory: ScanMemory;
  /** The fast scan over `memory`. */
  readonly scan: Scan;
  /** Hidden sums [neuron][image]. */
  readonly sums: Int32Array;
  /** Integer outputs [image][class]. */
  readonly outputs: Int32Array;
  /** Softmax of outputs / temperature, [image][class]. */
  readonly probabilities: Float64Array;
  /** The temperature of the softmax, in units of the integer outputs. */
  temperature: number;
  /** Images of all threads that polish together. */
  readonly totalImages: number;
  /** Adds up over these threads. */
  readonly reduce: Reduce;
  /** Candidates between two meetings of the threads. */
  readonly candidatesAtOnce: number;
}

/** How a thread polishes with others. */
export type ThreadShare = Pick<PolishState, 'totalImages' | 'reduce' | 'candidatesAtOnce'>;

/** Returns the images, and copies of them moved. */
export const movedCopies = (train: Examples, shifts: readonly Shift[]): readonly Examples[] => [
  train,
  ...shifts.map((shift) => shiftExamples(train, shift)),
];

/** Runs the images of all parts through the network. Their outputs are right, their probabilities not yet. */
export function createState(network: PolishNetwork, parts: readonly Examples[], together?: ThreadShare): PolishState {
  const { inputs, hidden, classes } = network;
  const images = parts.reduce((sum, { count }) => sum + count, 0);
  const { memory, scan } = createScanKernel(images, inputs);
  const labels = new Uint8Array(images);
  const sums = new Int32Array(hidden * images);
  const stride = padded(images);
  const signs = inputMajor(network);
  const ofImage = new Int32Array(hidden);
  let image = 0;
  for (const part of parts) {
    labels.set(part.labels, image);
    for (let start = 0; start < part.count * inputs; start += inputs, image++) {
      const values = part.values.subarray(start, start + inputs);
      for (let input = 0; input < inputs; input++) memory.pixels[input * stride + image] = values[input];
      sumHidden(signs, values, ofImage);
      for (let neuron = 0; neuron < hidden; neuron++) sums[neuron * images + image] = ofImage[neuron];
    }
  }
  const outputs = new Int32Array(images * classes);
  const shared = together ?? { totalImages: images, reduce: reduceNothing, candidatesAtOnce: 1 };
  const state = { network, images, labels, memory, scan, sums, outputs, temperature: network.unit, ...shared };
  computeOutputs(state);
  return { ...state, probabilities: new Float64Array(images * classes) };
}

function computeOutputs({ network, images, sums, outputs }: Omit<PolishState, 'probabilities'>): void {
  const { hidden, classes, thresholds, outputSigns, offsets, unit } = network;
  for (let image = 0; image < images; image++) outputs.set(offsets, image * classes);
  for (let neuron = 0; neuron < hidden; neuron++) {
    for (let image = 0; image < images; image++) {
      if (sums[neuron * images + image] < thresholds[neuron]) continue;
      for (let label = 0; label < classes; label++) {
        outputs[image * classes + label] += outputSigns[label * hidden + neuron] * unit;
      }
    }
  }
}

/** Computes the softmax of one image anew, after its outputs or the temperature changed. */
export function refreshImage({ network, outputs, probabilities, temperature }: PolishState, image: number): void {
  const { classes } = network;
  const start = image * classes;
  let largest = outputs[start];
  for (let label = 1; label < classes; label++) largest = Math.max(largest, outputs[start + label]);
  let sum = 0;
  for (let label = 0; label < classes; label++) {
    const weight = Math.exp((outputs[start + label] - largest) / temperature);
    probabilities[start + label] = weight;
    sum += weight;
  }
  for (let label = 0; label < classes; label++) probabilities[start + label] /= sum;
}

export function refreshAll(state: PolishState): void {
  for (let image = 0; image < state.images; image++) refreshImage(state, image);
}

/** Steps of a nat in which losses are added up: whole numbers, so that the sum is the same in any order. */
export const LOSS_STEPS = 2 ** 20;

/** Returns the cross-entropy over the images of this thread, summed, in steps. */
export function summedLoss({ network, images, labels, probabilities }: PolishState): number {
  let sum = 0;
  for (let image = 0; image < images; image++) {
    // The smallest number above 0 stands for a probability that vanished.
    const probability = Math.max(probabilities[image * network.classes + labels[image]], Number.MIN_VALUE);
    sum -= Math.round(LOSS_STEPS * Math.log(probability));
  }
  return sum;
}

/** Returns the mean cross-entropy over the images of this thread, in nats. */
export const meanLoss = (state: PolishState): number => summedLoss(state) / LOSS_STEPS / state.images;
