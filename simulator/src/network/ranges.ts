import { popcountRow } from '../bits/bit-matrix.js';
import {
  type Activation,
  type DenseLayer,
  type InputEncoding,
  isBinary,
  LARGEST_WEIGHT,
  LARGEST_ZERO_POINT,
  type Layer,
  type Network,
  type NetworkInput,
  sourcesOf,
  type Weights,
} from './network.js';

/** The range of a value in the network, both ends included. */
export interface Range {
  readonly minimum: number;
  readonly maximum: number;
}

/** The range of the sums and values of a valid network. */
export const INT32: Range = { minimum: -(2 ** 31), maximum: 2 ** 31 - 1 };

/** What ranges hold for: the network's own weights and constants, or any that a network of this structure can have. */
export type Contents = 'own' | 'any';

export interface LayerRange {
  /** The range before the activation. */
  readonly sums: Range;
  /** The range after the activation, which the next layer takes. */
  readonly values: Range;
}

/** Gives the range of every layer's sums and values for any input. */
export function layerRanges({ input, layers }: Network, contents: Contents = 'own'): readonly LayerRange[] {
  const ranges: LayerRange[] = [];
  layers.forEach((layer, index) => {
    const before = sourcesOf(layer, index).map((source) =>
      source < 0 ? inputRange(input, contents) : ranges[source].values,
    );
    ranges.push(contents === 'own' ? rangeOf(layer, before) : reachOf(layer, before));
  });
  return ranges;
}

/** Gives the ranges of one layer. The values of its sources are within `before`. */
export function rangeOf(layer: Layer, before: readonly Range[]): LayerRange {
  const sums = sumRange(layer, before);
  return { sums, values: 'activation' in layer ? activatedRange(layer.activation, sums) : sums };
}

/** Gives the ranges of one layer for any weights and constants. A valid network stays within 32 bits. */
function reachOf(layer: Layer, before: readonly Range[]): LayerRange {
  const sums = within32Bits('weights' in layer ? weightedReach(layer, before[0]) : sumRange(layer, before));
  if (!('activation' in layer)) return { sums, values: sums };
  return { sums, values: layer.activation.kind === 'integer' ? INT32 : activatedRange(layer.activation, sums) };
}

const within32Bits = ({ minimum, maximum }: Range): Range => ({
  minimum: Math.max(minimum, INT32.minimum),
  maximum: Math.min(maximum, INT32.maximum),
});

/** Gives the range of sums with the largest possible weights of either sign. */
function weightedReach(
  { weights, inputEncoding }: Pick<DenseLayer, 'weights' | 'inputEncoding'>,
  { minimum, maximum }: Range,
): Range {
  const largest = inputEncoding === 'bipolar' ? 1 : Math.max(-minimum, maximum);
  const reach = weights.columns * (isBinary(weights) ? 1 : LARGEST_WEIGHT) * largest;
  return { minimum: -reach, maximum: reach };
}

/** Gives the range of input integers less their zero points. */
export function inputRange({ bits, zeroPoints }: NetworkInput, contents: Contents = 'own'): Range {
  const points = zeroPoints === undefined ? [0] : contents === 'any' ? [0, LARGEST_ZERO_POINT] : zeroPoints;
  return { minimum: -Math.max(...points), maximum: 2 ** bits - 1 - Math.min(...points) };
}

function sumRange(layer: Layer, before: readonly Range[]): Range {
  const [range] = before;
  switch (layer.kind) {
    case 'dense':
    case 'convolution':
      return weightedRange(layer.weights, layer.inputEncoding, range);
    case 'pool': {
      const count = layer.operation === 'sum' ? layer.size[0] * layer.size[1] : 1;
      return { minimum: count * range.minimum, maximum: count * range.maximum };
    }
    case 'add':
      return { minimum: range.minimum + before[1].minimum, maximum: range.maximum + before[1].maximum };
    case 'activation':
    case 'thermometer':
      return range;
    case 'logic':
      return { minimum: 0, maximum: 1 };
  }
}

/**
 * Gives the range of the weighted sums of all rows. A window at the border may sum less than the whole row, so 0 is
 * always within.
 */
export function weightedRange(weights: Weights, inputEncoding: InputEncoding, values: Range): Range {
  const { minimum: low, maximum: high } = inputEncoding === 'bipolar' ? { minimum: -1, maximum: 1 } : values;
  let minimum = 0;
  let maximum = 0;
  for (let row = 0; row < weights.rows; row++) {
    const { positive, negative } = rowWeight(weights, row);
    minimum = Math.min(minimum, positive * Math.min(low, 0) - negative * Math.max(high, 0));
    maximum = Math.max(maximum, positive * Math.max(high, 0) - negative * Math.min(low, 0));
  }
  return { minimum, maximum };
}

/** Gives the sum of a row's positive weights and that of its negative ones, both without sign. */
function rowWeight(weights: Weights, row: number): { readonly positive: number; readonly negative: number } {
  if (isBinary(weights)) {
    const positive = popcountRow(weights, row);
    return { positive, negative: weights.columns - positive };
  }
  let positive = 0;
  let negative = 0;
  for (const weight of weights.values.subarray(row * weights.columns, (row + 1) * weights.columns)) {
    if (weight > 0) positive += weight;
    else negative -= weight;
  }
  return { positive, negative };
}

function activatedRange(activation: Activation, sums: Range): Range {
  switch (activation.kind) {
    case 'threshold':
      return { minimum: 0, maximum: 1 };
    case 'requantize':
      return { minimum: activation.minimum, maximum: activation.maximum };
    case 'integer': {
      const unit = 2 ** activation.shift;
      const offsets = [...activation.offsets];
      return {
        minimum: sums.minimum * unit + Math.min(...offsets),
        maximum: sums.maximum * unit + Math.max(...offsets),
      };
    }
  }
}
