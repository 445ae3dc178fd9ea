import { argmax } from '../model/oracle.js';
import type { Examples } from '../train/datasets/dataset.js';
import type { PolishNetwork } from './network.js';

/** Returns the first layer's signs as [input][neuron], so that a pixel of 0, and most are, costs nothing. */
export function inputMajor({ inputs, hidden, hiddenSigns }: PolishNetwork): Int8Array {
  const signs = new Int8Array(inputs * hidden);
  for (let neuron = 0; neuron < hidden; neuron++) {
    for (let input = 0; input < inputs; input++) {
      signs[input * hidden + neuron] = hiddenSigns[neuron * inputs + input];
    }
  }
  return signs;
}

/** Writes the hidden sums of one image into `sums`. */
export function sumHidden(signs: Int8Array, values: Uint8Array, sums: Int32Array): void {
  const hidden = sums.length;
  sums.fill(0);
  for (let input = 0; input < values.length; input++) {
    const value = values[input];
    if (value === 0) continue;
    const row = input * hidden;
    for (let neuron = 0; neuron < hidden; neuron++) sums[neuron] += value * signs[row + neuron];
  }
}

/** Returns the fraction of the examples that the network classifies correctly. */
export function accuracyOf(network: PolishNetwork, { count, values, labels }: Examples): number {
  const { inputs, hidden, classes, thresholds, outputSigns, offsets, unit } = network;
  const signs = inputMajor(network);
  const sums = new Int32Array(hidden);
  const outputs = new Int32Array(classes);
  let correct = 0;
  for (let example = 0; example < count; example++) {
    sumHidden(signs, values.subarray(example * inputs, (example + 1) * inputs), sums);
    outputs.set(offsets);
    for (let neuron = 0; neuron < hidden; neuron++) {
      if (sums[neuron] < thresholds[neuron]) continue;
      for (let label = 0; label < classes; label++) outputs[label] += outputSigns[label * hidden + neuron] * unit;
    }
    if (argmax(outputs) === labels[example]) correct++;
  }
  return correct / count;
}
