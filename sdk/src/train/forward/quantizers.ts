/**
 * The sharp functions of the adiabatic method (Y. Zhao, J. Xiao, Scientific Reports 11, 2021, DOI
 * 10.1038/s41598-021-99191-2, and the authors' code). Each is smooth at small sharpness k and a hard step from k = 1000
 * on. Gradients are the true gradients of the function in use, so a hard function has gradient zero; an activation may
 * be told to keep the gradient of a softer one.
 *
 * | part | in the paper | k < 1000 | k >= 1000 |
 * |---|---|---|---|
 * | weight | | tanh(k w) | sign(w) |
 * | activation `tanh` | | tanh(k x) | sign(x) |
 * | activation `rectified-tanh` | RL | tanh(k relu(x)) | (sign(x) + 1) / 2 |
 * | activation `sigmoid` | H | sigmoid(k x) | (sign(x) + 1) / 2 |
 * | activation `hard-tanh` | HT | clip(k x, -1, 1) | sign(x) |
 * | activation `clipped-linear` | CLU | clip(k x, 0, 1) | (sign(x) + 1) / 2 |
 *
 * sign(0) = +1 everywhere.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tensorflow } from '../backends/tensorflow.js';
import { hardActivationValues, HARD_SHARPNESS, type HardValues, isBinaryActivation } from '../network/activations.js';
import type { ActivationName } from '../network/trained-network.js';

/** Returns the weight in use at sharpness k > 0 (Infinity: hard), any shape. */
export function sharpenWeight(tf: Tensorflow, latent: Tensor, k: number): Tensor {
  return k >= HARD_SHARPNESS ? hardStep(tf, latent, { fires: 1, rests: -1 }) : tf.tanh(tf.mul(latent, k));
}

/**
 * Returns the activation in use at sharpness k > 0 (Infinity: hard), any shape. `relu` and `none` know no sharpness.
 *
 * @param gradientSharpness above it the gradient is that of the activation at this sharpness: the true one is k high
 * and 1/k wide, so that of a sharp activation hardly any example sees it. (A straight-through estimator is the same
 * with a clipped line: I. Hubara et al., NIPS 2016.)
 */
export function sharpenActivation(
  tf: Tensorflow,
  name: ActivationName,
  x: Tensor,
  k: number,
  gradientSharpness = Infinity,
): Tensor {
  if (k <= gradientSharpness || !isBinaryActivation(name)) return activationAt(tf, name, x, k);
  // Gradients flow through the softer one alone: what a custom gradient computes inside is not followed.
  const sharpened = tf.customGrad(() => ({
    value: activationAt(tf, name, x, k),
    gradFunc: (dy: Tensor) => dy,
  }));
  return sharpened(activationAt(tf, name, x, gradientSharpness));
}

function activationAt(tf: Tensorflow, name: ActivationName, x: Tensor, k: number): Tensor {
  if (k >= HARD_SHARPNESS && isBinaryActivation(name)) return hardStep(tf, x, hardActivationValues[name]);
  switch (name) {
    case 'tanh':
      return tf.tanh(tf.mul(x, k));
    case 'rectified-tanh':
      return tf.tanh(tf.mul(tf.relu(x), k));
    case 'sigmoid':
      return tf.sigmoid(tf.mul(x, k));
    case 'hard-tanh':
      return tf.clipByValue(tf.mul(x, k), -1, 1);
    case 'clipped-linear':
      return tf.clipByValue(tf.mul(x, k), 0, 1);
    case 'relu':
      return tf.relu(x);
    case 'none':
      return x;
  }
}

function hardStep(tf: Tensorflow, x: Tensor, { fires, rests }: HardValues): Tensor {
  const step = tf.customGrad((input) => {
    // Not tf.where, which on wasm first spreads the two scalars to the whole shape and takes twenty times as long.
    const bits = tf.cast(tf.greaterEqual(input as Tensor, 0), 'float32');
    const value = rests === 0 ? bits : tf.add(tf.mul(bits, fires - rests), rests);
    return { value, gradFunc: (dy: Tensor) => tf.zerosLike(dy) };
  });
  return step(x);
}
