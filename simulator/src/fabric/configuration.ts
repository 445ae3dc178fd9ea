import { FormatError } from '../errors.js';
import { createBitMatrix, hasCleanTails, setBit, type BitMatrix } from '../bits/bit-matrix.js';
import {
  accumulatorMaximum,
  neverThreshold,
  thresholdBits,
  type Architecture,
  type DenseLayer,
} from './architecture.js';

/** The numbers that make one layer what it was trained to be. */
export interface LayerConfiguration {
  /** outputs x inputs weight bits. */
  readonly weights: BitMatrix;
  /** Threshold layers: fires when accumulator >= threshold, 0..neverThreshold. Empty for integer layers. */
  readonly thresholds: Uint32Array;
  /** Integer layers: added to the shifted accumulator. Empty for threshold layers. */
  readonly offsets: Int32Array;
}

export type Configuration = readonly LayerConfiguration[];

/** Width in bits of the integer outputs: two's complement, wide enough for every accumulator and offset. */
export function integerBits(layer: DenseLayer, offsets: Int32Array): number {
  let low = 0;
  let high = 0;
  for (const offset of offsets) {
    low = Math.min(low, offset);
    high = Math.max(high, accumulatorMaximum(layer) * 2 ** layer.shift + offset);
  }
  let bits = 2;
  while (low < -(2 ** (bits - 1)) || high > 2 ** (bits - 1) - 1) bits++;
  return bits;
}

/** @throws FormatError `format.bad-value` naming layer and neuron. */
export function validateConfiguration(architecture: Architecture, configuration: Configuration): void {
  const refuse = (layer: number, what: string, neuron?: number): never => {
    throw new FormatError('bad-value', `Layer ${layer}: ${what}. Compile the model again.`, { layer, neuron });
  };
  if (configuration.length !== architecture.layers.length) {
    refuse(configuration.length, `configured ${configuration.length} of ${architecture.layers.length} layers`);
  }
  architecture.layers.forEach((layer, index) => {
    const { weights, thresholds, offsets } = configuration[index];
    const isThreshold = layer.activation === 'threshold';
    if (weights.rows !== layer.outputs || weights.columns !== layer.inputs) {
      refuse(index, `weights are ${weights.rows} x ${weights.columns}, expected ${layer.outputs} x ${layer.inputs}`);
    }
    if (!hasCleanTails(weights)) refuse(index, 'weight bits beyond the last input are not 0');
    if (thresholds.length !== (isThreshold ? layer.outputs : 0)) refuse(index, `${thresholds.length} thresholds`);
    if (offsets.length !== (isThreshold ? 0 : layer.outputs)) refuse(index, `${offsets.length} offsets`);
    const never = neverThreshold(layer);
    const tooHigh = thresholds.findIndex((threshold) => threshold > never);
    if (tooHigh >= 0) refuse(index, `threshold of neuron ${tooHigh} is above ${never}`, tooHigh);
    if (!isThreshold && integerBits(layer, offsets) > 32) refuse(index, 'outputs do not fit 32 bits');
  });
}

/** How many configuration bits each kind of constant of a layer takes in the circuit. */
export function configurationBits(architecture: Architecture, configuration: Configuration): number {
  return architecture.layers.reduce((total, layer, index) => {
    const constant =
      layer.activation === 'threshold' ? thresholdBits(layer) : integerBits(layer, configuration[index].offsets);
    return total + layer.outputs * (layer.inputs + constant);
  }, 0);
}

/**
 * The configuration as one row of bits in the order in which the circuit declares its configuration cells:
 * layer by layer, neuron by neuron, first the weights, then threshold or offset with the least significant bit first.
 */
export function configurationVector(architecture: Architecture, configuration: Configuration): BitMatrix {
  const vector = createBitMatrix(1, configurationBits(architecture, configuration));
  let position = 0;
  const put = (bit: number): void => {
    if (bit & 1) setBit(vector, 0, position);
    position++;
  };
  architecture.layers.forEach((layer, index) => {
    const { weights, thresholds, offsets } = configuration[index];
    const isThreshold = layer.activation === 'threshold';
    const width = isThreshold ? thresholdBits(layer) : integerBits(layer, offsets);
    for (let neuron = 0; neuron < layer.outputs; neuron++) {
      const row = neuron * weights.wordsPerRow;
      for (let input = 0; input < layer.inputs; input++) put(weights.words[row + (input >>> 5)] >>> (input & 31));
      const constant = isThreshold ? thresholds[neuron] : offsets[neuron];
      for (let bit = 0; bit < width; bit++) put(constant >>> bit);
    }
  });
  return vector;
}
