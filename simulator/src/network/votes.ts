import { getBit } from '../bits/bit-matrix.js';
import { signOfBit } from '../bits/polarity.js';
import { isBinary, type ConvolutionLayer, type DenseLayer, type Weights } from './network.js';
import { windowAt } from './windows.js';

/** The parts of a weighted sum: sum = up - down. With binary weights over bits, both are popcounts. */
export interface Votes {
  /** The sum of the positive products. */
  readonly up: number;
  /** The sum of the negative products, without sign. */
  readonly down: number;
}

/**
 * Computes the votes for one value of a layer with weights.
 * @param values inputs of the layer
 * @param index of the value among the layer's values
 */
export function votesOf(layer: DenseLayer | ConvolutionLayer, values: Int32Array, index: number): Votes {
  const { weights, inputEncoding } = layer;
  const read = inputEncoding === 'bipolar' ? values.map(signOfBit) : values;
  const row = index % weights.rows;
  const window = layer.kind === 'dense' ? read : windowOf(layer, read, (index - row) / weights.rows);
  let up = 0;
  let down = 0;
  window.forEach((value, column) => {
    const product = weightAt(weights, row, column) * value;
    if (product > 0) up += product;
    else down -= product;
  });
  return { up, down };
}

function windowOf(layer: ConvolutionLayer, values: Int32Array, place: number): Int32Array {
  const [, width] = layer.outputShape;
  return windowAt(layer, Math.floor(place / width), place % width, values);
}

const weightAt = (weights: Weights, row: number, column: number): number =>
  isBinary(weights) ? signOfBit(getBit(weights, row, column)) : weights.values[row * weights.columns + column];
