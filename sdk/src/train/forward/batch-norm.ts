import type { Tensor } from '@tensorflow/tfjs-core';
import { fusedBatchNorm, hasBatchNormKernel } from '../backends/batch-norm-kernel.js';
import type { Tensorflow } from '../backends/tensorflow.js';

/** Mean and variance of each channel. */
export interface StatisticsTensors {
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/** Added to the variance, as Keras does. */
export const VARIANCE_FLOOR = 1e-3;

/**
 * Computes batch normalisation over all but the last axis with the batch's own statistics (S. Ioffe, C. Szegedy, "Batch
 * normalization", 2015). With n values in a channel and y = (x - mean) / sqrt(variance + 0.001) the gradient is
 *
 *     dx = gamma / sqrt(variance + 0.001) * (dy - sum(dy) / n - y * sum(dy * y) / n)
 *
 * (section 3 of the paper, collected). Sums over a batch are products with a row of ones: on the wasm backend those are
 * many times faster than its reductions over leading axes.
 */
export function normalizeBatch(tf: Tensorflow, x: Tensor, gamma: Tensor, beta: Tensor): Tensor {
  if (hasBatchNormKernel(tf)) return fusedBatchNorm(tf, x, gamma, beta, VARIANCE_FLOOR);
  const normalize = tf.customGrad((...inputs) => {
    const [values, scale, shift, save] = inputs as [Tensor, Tensor, Tensor, (tensors: Tensor[]) => void];
    const { mean, variance } = channelMoments(tf, values);
    const inverse = tf.rsqrt(tf.add(variance, VARIANCE_FLOOR));
    const normal = tf.mul(tf.sub(values, mean), inverse);
    save([normal, inverse, scale]);
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor[] => {
      const [y, rate, factor] = saved;
      const byBeta = channelSums(tf, dy);
      const byGamma = channelSums(tf, tf.mul(dy, y));
      const count = dy.size / factor.size;
      const centred = tf.sub(tf.sub(dy, tf.div(byBeta, count)), tf.mul(y, tf.div(byGamma, count)));
      return [tf.mul(centred, tf.mul(factor, rate)), byGamma, byBeta];
    };
    return { value: tf.add(tf.mul(normal, scale), shift), gradFunc };
  });
  return normalize(x, gamma, beta);
}

/** Computes the same with given statistics. */
export function normalizeWith(
  tf: Tensorflow,
  x: Tensor,
  { mean, variance }: StatisticsTensors,
  gamma: Tensor,
  beta: Tensor,
): Tensor {
  const inverse = tf.rsqrt(tf.add(variance, VARIANCE_FLOOR));
  return tf.add(tf.mul(tf.mul(tf.sub(x, mean), inverse), gamma), beta);
}

/** Returns the mean and variance [channels] over all but the last axis. */
export function channelMoments(tf: Tensorflow, x: Tensor): StatisticsTensors {
  const count = x.size / (x.shape[x.rank - 1] ?? 1);
  const mean = tf.div(channelSums(tf, x), count);
  const variance = tf.div(channelSums(tf, tf.square(tf.sub(x, mean))), count);
  return { mean, variance };
}

function channelSums(tf: Tensorflow, x: Tensor): Tensor {
  const channels = x.shape[x.rank - 1] ?? 1;
  const rows = tf.reshape(x, [-1, channels]);
  return tf.reshape(tf.matMul(tf.ones([1, x.size / channels]), rows), [channels]);
}
