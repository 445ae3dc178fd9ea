/** The layers of pictures and lines in plain loops and float64, hard: see `evaluateHard`. */
import { decodeMuLaw } from '../../model/mu-law.js';
import { VARIANCE_FLOOR } from '../forward/batch-norm.js';
import { hardActivationValues, isBinaryActivation } from '../network/activations.js';
import { channelsOf, type Pair, type PoolLayer, thresholdsOf } from '../network/layers.js';
import type {
  ActivationName,
  TrainedAdd,
  TrainedBatchNorm,
  TrainedConvolution,
  TrainedLogic,
  UntrainedLayer,
} from '../network/trained-network.js';

type Values = ArrayLike<number>;
type Picture = readonly [height: number, width: number, channels: number];

/** Returns scale * (x * w) / divisor; what lies outside the picture is 0. */
export function convolve(layer: TrainedConvolution, weights: Float32Array, x: Values, divisor: number): Float64Array {
  const { size, stride, padding, scale } = layer;
  const inputShape = layer.inputShape as Picture;
  const outputShape = layer.outputShape as Picture;
  const sums = weightedSums(inputShape, outputShape, size, stride, padding === 'same', weights, x);
  return sums.map((sum) => (scale * sum) / divisor);
}

/** Where the deployed wires of tables lead and what their entries are: bit p of a table's address is its pin p. */
export interface DeployedTables {
  readonly tableInputs: number;
  /** [tables, tableInputs]. */
  readonly wires: Uint32Array;
  /** [tables, 2^tableInputs]. */
  readonly entries: Uint8Array;
}

export function deployedTables({ tableInputs, candidates, wires, sources, entries }: TrainedLogic): DeployedTables {
  const largest = (pin: number): number => {
    const from = pin * candidates;
    const logits = wires.subarray(from, from + candidates);
    return from + logits.indexOf(Math.max(...logits));
  };
  return {
    tableInputs,
    wires: Uint32Array.from({ length: wires.length / candidates }, (_, pin) => sources[largest(pin)]),
    entries: Uint8Array.from(entries, (latent) => (latent >= 0 ? 1 : 0)),
  };
}

/** Returns the entry of each table that the bits x address. */
export function lookUp({ tableInputs, wires, entries }: DeployedTables, x: Values): Float64Array {
  const size = 2 ** tableInputs;
  return Float64Array.from({ length: entries.length / size }, (_, table) => {
    let address = 0;
    for (let pin = 0; pin < tableInputs; pin++) address += x[wires[table * tableInputs + pin]] * 2 ** pin;
    return entries[table * size + address];
  });
}

/** Returns x plus an earlier output, which goes through the shortcut's convolution when there is one. */
export function addResidual(layer: TrainedAdd, weights: Float32Array, x: Values, earlier: Values): Float64Array {
  const { stride, scale } = layer;
  if (stride === 0) return Float64Array.from(x, (value, index) => value + earlier[index]);
  const fromShape = layer.fromShape as Picture;
  const outputShape = layer.outputShape as Picture;
  const sums = weightedSums(fromShape, outputShape, [1, 1], [stride, stride], true, weights, earlier);
  return sums.map((sum, index) => x[index] + scale * sum);
}

export function plainLayer(layer: UntrainedLayer | TrainedBatchNorm, x: Values): Float64Array {
  const channels = channelsOf(layer.inputShape);
  switch (layer.kind) {
    case 'batch-norm': {
      const { gamma, beta, mean, variance } = layer;
      const slope = Float64Array.from(gamma, (value, channel) => value / Math.sqrt(variance[channel] + VARIANCE_FLOOR));
      return byChannel(x, channels, (value, channel) => slope[channel] * (value - mean[channel]) + beta[channel]);
    }
    case 'normalize':
      return byChannel(x, channels, (value, channel) => (value - layer.mean[channel]) / layer.deviation[channel]);
    case 'activation':
      return Float64Array.from(x, (value) => activate(layer.activation, value));
    case 'max-pool':
    case 'average-pool':
      return pool(layer, x);
    case 'global-average-pool': {
      const [height, width] = layer.inputShape as Picture;
      const outputShape = [1, 1, channels] as const;
      return pool({ ...layer, kind: 'average-pool', outputShape, size: [height, width], stride: [1, 1] }, x);
    }
    case 'thermometer': {
      const thresholds = thresholdsOf(layer);
      return Float64Array.from({ length: layer.outputs }, (_, index) =>
        Number(x[Math.floor(index / layer.levels)] >= thresholds[index % thresholds.length]),
      );
    }
    case 'group-sum': {
      const { outputs, temperature } = layer;
      const counts = new Float64Array(outputs);
      for (let index = 0; index < x.length; index++) counts[index % outputs] += x[index];
      return counts.map((count) => count / temperature);
    }
    case 'mu-law':
      return Float64Array.from(x, decodeMuLaw);
    case 'standardize': {
      const values = Float64Array.from(x);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
      return values.map((value) => (value - mean) / Math.sqrt(Math.max(variance, 1e-12)));
    }
    case 'flatten':
    case 'dropout':
      return Float64Array.from(x);
  }
}

function activate(name: ActivationName, value: number): number {
  if (name === 'relu') return Math.max(value, 0);
  if (!isBinaryActivation(name)) return value;
  const { fires, rests } = hardActivationValues[name];
  return value >= 0 ? fires : rests;
}

function byChannel(x: Values, channels: number, change: (value: number, channel: number) => number): Float64Array {
  return Float64Array.from(x, (value, index) => change(value, index % channels));
}

/** Windows over a picture. With `same` padding the odd pixel is at the end, as in TensorFlow. */
function weightedSums(
  [inHeight, inWidth, inChannels]: Picture,
  [outHeight, outWidth, outChannels]: Picture,
  [height, width]: Pair,
  [strideHeight, strideWidth]: Pair,
  isSame: boolean,
  weights: Float32Array,
  x: Values,
): Float64Array {
  const top = isSame ? paddingBefore(inHeight, outHeight, height, strideHeight) : 0;
  const left = isSame ? paddingBefore(inWidth, outWidth, width, strideWidth) : 0;
  const sums = new Float64Array(outHeight * outWidth * outChannels);
  for (let outY = 0, start = 0; outY < outHeight; outY++) {
    for (let outX = 0; outX < outWidth; outX++, start += outChannels) {
      for (let tap = 0; tap < height * width; tap++) {
        const y = outY * strideHeight - top + Math.floor(tap / width);
        const column = outX * strideWidth - left + (tap % width);
        if (y < 0 || y >= inHeight || column < 0 || column >= inWidth) continue;
        for (let input = 0; input < inChannels; input++) {
          const value = x[(y * inWidth + column) * inChannels + input];
          const row = (tap * inChannels + input) * outChannels;
          for (let output = 0; output < outChannels; output++) sums[start + output] += value * weights[row + output];
        }
      }
    }
  }
  return sums;
}

/** Returns what `same` padding adds before the first window; the odd one is added at the end. */
export function paddingBefore(inLength: number, outLength: number, size: number, stride: number): number {
  return Math.floor(Math.max(0, (outLength - 1) * stride + size - inLength) / 2);
}

function pool({ kind, inputShape, outputShape, size, stride }: PoolLayer, x: Values): Float64Array {
  const [, inWidth, channels] = inputShape as Picture;
  const [outHeight, outWidth] = outputShape as Picture;
  const result = new Float64Array(outHeight * outWidth * channels);
  for (let index = 0; index < result.length; index++) {
    const channel = index % channels;
    const outX = Math.floor(index / channels) % outWidth;
    const outY = Math.floor(index / channels / outWidth);
    const window: number[] = [];
    for (let y = outY * stride[0]; y < outY * stride[0] + size[0]; y++) {
      for (let column = outX * stride[1]; column < outX * stride[1] + size[1]; column++) {
        window.push(x[(y * inWidth + column) * channels + channel]);
      }
    }
    result[index] =
      kind === 'max-pool' ? Math.max(...window) : window.reduce((sum, value) => sum + value, 0) / window.length;
  }
  return result;
}
