import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { Tensorflow } from './backends/tensorflow.js';
import type { DenseLayer } from './network.js';
import { sharpenActivation, sharpenWeight } from './quantizers.js';

/** How hard the functions are: Infinity for the hard network. */
export interface Sharpness {
  readonly kWeight: number;
  readonly kActivation: number;
}

export const hardened: Sharpness = { kWeight: Infinity, kActivation: Infinity };

/** One layer's trainable numbers as tensors: kernel [inputs, outputs], scale [1], bias [outputs]. */
export interface LayerTensors {
  readonly kernel: Tensor;
  readonly scale: Tensor;
  readonly bias: Tensor;
}

/**
 * Logits [batch, classes] of inputs [batch, inputs], which are the integers themselves: the division by the input's
 * divisor comes after the weighted sum, so with hard weights that sum is an exact integer in float32 (below 2^24) on
 * every backend, in whatever order it is added up.
 *
 * @param masks per layer a dropout mask [batch, outputs] to multiply with, or undefined for none
 */
export function forward(
  tf: Tensorflow,
  layers: readonly DenseLayer[],
  tensors: readonly LayerTensors[],
  inputs: Tensor2D,
  { kWeight, kActivation }: Sharpness,
  masks: readonly (Tensor | undefined)[] = [],
): Tensor2D {
  let values: Tensor = inputs;
  layers.forEach((layer, index) => {
    const { kernel, scale, bias } = tensors[index];
    const weights = layer.binaryWeights ? sharpenWeight(tf, kernel, kWeight) : kernel;
    const sums = tf.matMul(values, weights);
    const normalized = layer.divisor === 1 ? sums : tf.div(sums, layer.divisor);
    const scaled = layer.binaryWeights ? tf.mul(normalized, scale) : normalized;
    const activated = sharpenActivation(tf, layer.activation, tf.add(scaled, bias), kActivation);
    const mask = masks[index];
    values = mask === undefined ? activated : tf.mul(activated, mask);
  });
  return values as Tensor2D;
}
