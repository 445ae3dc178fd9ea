import { createBitMatrix, setBit, type BitMatrix } from '../../bits/bit-matrix.js';
import { constantBits, type CountingLayer } from '../../network/counting-layer.js';

/** Gives the number of configuration bits of the layers. */
const configurationBits = (layers: readonly CountingLayer[]): number =>
  layers.reduce((total, layer) => total + layer.outputs * (layer.inputs + constantBits(layer)), 0);

/**
 * Packs weights and constants into one row of bits, in the order of the circuit's configuration cells: by layer, by
 * neuron, first the weights, then threshold or offset with the least significant bit first.
 */
export function configurationVector(layers: readonly CountingLayer[]): BitMatrix {
  const vector = createBitMatrix(1, configurationBits(layers));
  let position = 0;
  const put = (bit: number): void => {
    if (bit & 1) setBit(vector, 0, position);
    position++;
  };
  for (const layer of layers) {
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
