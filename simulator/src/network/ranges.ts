import { popcountRow } from '../bits/bit-matrix.js';
import type { Activation, DenseLayer, InputEncoding, Layer, NetworkInput, Network, Weights } from './network.js';
import { LARGEST_WEIGHT, LARGEST_ZERO_POINT, isBinary, sourcesOf } from './network.js';

/** The values that a place in the network can take: both ends included. */
export interface Range {
  readonly minimum: number;
  readonly maximum: number;
}

/** What the sums and values of a valid network stay within. */
export const INT32: Range = { minimum: -(2 ** 31), maximum: 2 ** 31 - 1 };

/** Whether ranges hold for the weights and constants that a network has, or for any that networks of its structure can have. */
export type Contents = 'own' | 'any';

export interface LayerRange {
  /** Before the activation. */
  readonly sums: Range;
  /** After it: what the next layer takes. */
  readonly values: Range;
}

/** What every layer's sums and values stay within, whatever the input. */
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

/** Of one layer, whose sources stay within `before`. */
export function rangeOf(layer: Layer, before: readonly Range[]): LayerRange {
  const sums = sumRange(layer, before);
  return { sums, values: 'activation' in layer ? activatedRange(layer.activation, sums) : sums };
}

/** As `rangeOf`, for any weights and constants; a valid network stays within 32 bits. */
function reachOf(layer: Layer, before: readonly Range[]): LayerRange {
  const sums = within32Bits('weights' in layer ? weightedReach(layer, before[0]) : sumRange(layer, before));
  if (!('activation' in layer)) return { sums, values: sums };
  return { sums, values: layer.activation.kind === 'integer' ? INT32 : activatedRange(layer.activation, sums) };
}

const within32Bits = ({ minimum, maximum }: Range): Range => ({
  minimum: Math.max(minimum, INT32.minimum),
  maximum: Math.min(maximum, INT32.maximum),
});

/** Sums of the largest weights there are, of either sign. */
function weightedReach(
  { weights, inputEncoding }: Pick<DenseLayer, 'weights' | 'inputEncoding'>,
  { minimum, maximum }: Range,
): Range {
  const largest = inputEncoding === 'bipolar' ? 1 : Math.max(-minimum, maximum);
  const reach = weights.columns * (isBinary(weights) ? 1 : LARGEST_WEIGHT) * largest;
  return { minimum: -reach, maximum: reach };
}

/** Input integers less their zero points. */
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
      return range;
  }
}

/** Of all rows; a window at the border sums less than the whole row, so 0 is always within. */
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

/** The sum of a row's positive weights and that of its negative ones, both without sign. */
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
