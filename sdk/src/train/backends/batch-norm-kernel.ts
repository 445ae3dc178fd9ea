/** Batch normalisation in one kernel, for backends that have one (`normalizeBatch` says what it computes). */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tensorflow } from './tensorflow.js';

export const BATCH_NORM_NAME = 'AdiabitBatchNorm';
export const BATCH_NORM_GRADIENT_NAME = 'AdiabitBatchNormGradient';

/** Tells whether the current backend has the kernels. */
export const hasBatchNormKernel = (tf: Tensorflow): boolean =>
  (tf.getKernel(BATCH_NORM_NAME, tf.getBackend()) as object | undefined) !== undefined;

/**
 * Returns values x of any shape [..., channels], normalised with the statistics of all but the last axis, times gamma
 * [channels] plus beta [channels]; the gradients are those of the same function. The kernel gives y and whatever
 * statistics that of the gradient takes, as s0, s1 and so on.
 *
 * @param epsilon added to the variance
 */
export function fusedBatchNorm(tf: Tensorflow, x: Tensor, gamma: Tensor, beta: Tensor, epsilon: number): Tensor {
  const run = (name: string, inputs: Record<string, Tensor>): Tensor[] =>
    tf.engine().runKernel<Tensor[]>(name, inputs, { epsilon });
  const normalize = tf.customGrad((...inputs) => {
    const [values, scale, shift, save] = inputs as [Tensor, Tensor, Tensor, (tensors: Tensor[]) => void];
    const [value, ...statistics] = run(BATCH_NORM_NAME, { x: values, gamma: scale, beta: shift });
    save([values, scale, ...statistics]);
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor[] => {
      const [before, factor, ...statisticsThen] = saved;
      const named = Object.fromEntries(statisticsThen.map((one, index) => [`s${index}`, one]));
      return run(BATCH_NORM_GRADIENT_NAME, { dy, x: before, gamma: factor, ...named });
    };
    return { value, gradFunc };
  });
  return normalize(x, gamma, beta);
}
