import { createBitMatrix, setBit, type BitMatrix } from '../../bits/bit-matrix.js';
import { constantBits, type CountingLayer } from '../../network/counting-layer.js';
import type { UnrolledLayers } from '../../network/counts.js';

/** Gives the number of configuration bits of the layers. */
const configurationBits = (layers: readonly CountingLayer[]): number =>
  layers.reduce((total, layer) => total + layer.outputs * (layer.inputs + constantBits(layer)), 0);

/**
 * Packs weights and constants into one row of bits, in the order of the circuit's configuration cells: the thresholds of
 * a thermometer, then by layer, by neuron, first the weights, then threshold or offset. The least significant bit of a
 * constant comes first.
 */
export function configurationVector({ thermometer, counting }: UnrolledLayers, inputBits: number): BitMatrix {
  const levels = thermometer?.activation.thresholds ?? new Int32Array();
  const vector = createBitMatrix(1, levels.length * inputBits + configurationBits(counting));
  let position = 0;
  const put = (bit: number): void => {
    if (bit & 1) setBit(vector, 0, position);
    position++;
  };
  for (const threshold of levels) for (let bit = 0; bit < inputBits; bit++) put(threshold >>> bit);
  for (const layer of counting) {
    const { weights, thresholds, offsets } = layer;
    const constants = layer.activation === 'threshold' ? thresholds : offsets;
    const width = constantBits(layer);
    for (let neuron = 0; neuron < layer.outputs; neuron++) {
      const row = neuron * weights.wordsPerRow;
      for (let input = 0; input < layer.inputs; input++) put(weights.words[row + (input >>> 5)] >>> (input & 31));
      for (let bit = 0; bit < width; bit++) put(constants[neuron] >>> bit);
    }
  }
  return vector;
}
