import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { muLawTable } from '../../model/mu-law.js';
import type { Tensorflow } from '../backends/tensorflow.js';
import {
  type AddLayer,
  type ConvolutionLayer,
  type DenseLayer,
  type Layer,
  type ThermometerLayer,
  thresholdsOf,
} from '../network/layers.js';
import { normalizeBatch, normalizeWith, type StatisticsTensors } from './batch-norm.js';
import { sharpenActivation, sharpenWeight } from './quantizers.js';
import type { Sharpness } from './sharpness.js';

/** One layer's trainable numbers as tensors, each in its shape; see `LayerParameters`. */
export interface LayerTensors {
  readonly kernel: Tensor;
  readonly scale: Tensor;
  readonly bias: Tensor;
}

export interface ForwardOptions {
  /** For each layer a dropout mask [batch, ...outputShape] to multiply with, or undefined for none. */
  readonly masks?: readonly (Tensor | undefined)[];
  /** For each layer the statistics that batch normalisation uses instead of the batch's own. */
  readonly statistics?: ReadonlyMap<number, StatisticsTensors>;
  /** Sees the input of every batch normalisation, which it must not keep. */
  readonly onNormalize?: (layer: number, values: Tensor) => void;
}

/**
 * Computes logits [batch, classes] of inputs [batch, inputs], which are the integers themselves: the division by the input's
 * divisor comes after the weighted sum, so with hard weights that sum is an exact integer in float32 (below 2^24) on
 * every backend, in whatever order it is added up.
 */
export function forward(
  tf: Tensorflow,
  layers: readonly Layer[],
  tensors: readonly LayerTensors[],
  inputs: Tensor2D,
  sharpness: Sharpness,
  options: ForwardOptions = {},
): Tensor2D {
  const outputs: Tensor[] = [];
  layers.forEach((layer, index) => {
    const before = index === 0 ? inputs : outputs[index - 1];
    const after = tf.tidy(() => {
      const values = inShape(tf, before, [before.shape[0] ?? 0, ...layer.inputShape]);
      const result = forwardLayer(tf, layer, index, values, tensors[index], sharpness, options, outputs);
      const mask = options.masks?.[index];
      return mask === undefined ? result : tf.mul(result, mask);
    });
    outputs.push(after);
  });
  return outputs[outputs.length - 1] as Tensor2D;
}

function forwardLayer(
  tf: Tensorflow,
  layer: Layer,
  index: number,
  values: Tensor,
  tensors: LayerTensors,
  { kWeight, kActivation }: Sharpness,
  { statistics, onNormalize }: ForwardOptions,
  outputs: readonly Tensor[],
): Tensor {
  switch (layer.kind) {
    case 'dense': {
      const sums = tf.matMul(values, weightsInUse(tf, layer, tensors, kWeight));
      const biased = tf.add(scaled(tf, layer, tensors, sums), tensors.bias);
      return sharpenActivation(tf, layer.activation, biased, kActivation);
    }
    case 'convolution': {
      const kernel = weightsInUse(tf, layer, tensors, kWeight) as Tensor4D;
      const sums = tf.conv2d(values as Tensor4D, kernel, [...layer.stride], layer.padding);
      return scaled(tf, layer, tensors, sums);
    }
    case 'add': {
      const earlier = outputs[layer.from];
      if (layer.stride === 0) return tf.add(values, earlier);
      const kernel = weightsInUse(tf, layer, tensors, kWeight) as Tensor4D;
      const sums = tf.conv2d(earlier as Tensor4D, kernel, layer.stride, 'same');
      return tf.add(values, scaled(tf, layer, tensors, sums));
    }
    case 'max-pool':
      return tf.maxPool(values as Tensor4D, [...layer.size], [...layer.stride], 'valid');
    case 'average-pool':
      return tf.avgPool(values as Tensor4D, [...layer.size], [...layer.stride], 'valid');
    case 'global-average-pool': {
      const [height, width] = layer.inputShape as readonly [number, number, number];
      const pooled = tf.avgPool(values as Tensor4D, [height, width], 1, 'valid');
      return tf.reshape(pooled, [-1, layer.outputs]);
    }
    case 'flatten':
      return tf.reshape(values, [-1, layer.outputs]);
    case 'activation':
      return sharpenActivation(tf, layer.activation, values, kActivation, layer.gradientSharpness);
    case 'batch-norm': {
      onNormalize?.(index, values);
      const fixed = statistics?.get(index);
      return fixed === undefined
        ? normalizeBatch(tf, values, tensors.scale, tensors.bias)
        : normalizeWith(tf, values, fixed, tensors.scale, tensors.bias);
    }
    case 'dropout':
      return values;
    case 'mu-law':
      return tf.gather(tf.tensor1d(muLawTable()), tf.cast(values, 'int32'));
    case 'standardize':
      return standardize(tf, values);
    case 'thermometer':
      return thermometer(tf, layer, values);
    case 'logic':
    case 'group-sum':
      throw new TypeError('Networks of tables are computed without tensors: see isLogic.');
    case 'normalize':
      return tf.div(tf.sub(values, tf.tensor1d([...layer.mean])), tf.tensor1d([...layer.deviation]));
  }
}

type Weighted = DenseLayer | ConvolutionLayer | AddLayer;

/**
 * Returns the weights in use. The layer's own sharpness is a factor of its latent weights, so that k alone says what is
 * hard.
 */
function weightsInUse(tf: Tensorflow, layer: Weighted, { kernel }: LayerTensors, k: number): Tensor {
  if (!layer.binaryWeights) return kernel;
  return sharpenWeight(tf, layer.sharpness === 1 ? kernel : tf.mul(kernel, layer.sharpness), k);
}

function scaled(tf: Tensorflow, { binaryWeights, divisor }: Weighted, { scale }: LayerTensors, sums: Tensor): Tensor {
  if (!binaryWeights) return divisor === 1 ? sums : tf.div(sums, divisor);
  return tf.mul(sums, divisor === 1 ? scale : tf.div(scale, divisor));
}

/** Reshapes only if the shape differs: reshaping costs an operation each way even where there is nothing to do. */
const inShape = (tf: Tensorflow, x: Tensor, shape: number[]): Tensor =>
  x.shape.join() === shape.join() ? x : tf.reshape(x, shape);

/** Returns the bits of a thermometer as 0 and 1. Inputs are not trained, so no gradient has to pass. */
function thermometer(tf: Tensorflow, layer: ThermometerLayer, values: Tensor): Tensor {
  const { levels, outputShape } = layer;
  const channels = outputShape[outputShape.length - 1] / levels;
  const thresholds = tf.tensor([...thresholdsOf(layer)], [1, channels, levels], 'float32');
  const bits = tf.greaterEqual(values.reshape([-1, channels, 1]), thresholds);
  return bits.toFloat().reshape([-1, ...outputShape]);
}

/** Returns every example less its mean, divided by its standard deviation; an example of one value only becomes 0. */
function standardize(tf: Tensorflow, values: Tensor): Tensor {
  const rows = tf.reshape(values, [values.shape[0], -1]);
  const { mean, variance } = tf.moments(rows, 1, true);
  const deviation = tf.sqrt(tf.maximum(variance, 1e-12));
  return tf.reshape(tf.div(tf.sub(rows, mean), deviation), values.shape);
}
