import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { TensorBackend } from '../backends/tensor-backend.js';
import type { Tensorflow } from '../backends/tensorflow.js';
import { gatherBatch } from '../datasets/batches.js';
import { contentOrder } from '../datasets/content-order.js';
import type { Examples } from '../datasets/dataset.js';
import { forward } from '../forward/forward.js';
import type { Sharpness } from '../forward/sharpness.js';
import { uploadParameters } from '../learning/step.js';
import { isLogic, type Layer } from '../network/layers.js';
import type { NetworkParameters, Statistics } from '../network/parameters.js';

/** Numbers in all outputs of an evaluation, which are kept for sums with later layers: 256 MiB. */
const VALUES_AT_ONCE = 2 ** 26;
const EXAMPLES_AT_ONCE = 1000;

/** Tells how many examples are evaluated at once; with batch statistics it is what they are taken over. */
export function evaluationBatch(layers: readonly Layer[]): number {
  const values = layers.reduce((sum, { outputs }) => sum + outputs, layers[0].inputs);
  return Math.max(1, Math.min(EXAMPLES_AT_ONCE, Math.floor(VALUES_AT_ONCE / values)));
}

/**
 * Returns the size of as many batches as it takes, all nearly alike: the last one must not be a few examples with
 * statistics of their own.
 */
export const evenBatch = (count: number, largest: number): number => Math.ceil(count / Math.ceil(count / largest));

/**
 * Returns the predicted class of every example at the given sharpness, on the tensor backend.
 *
 * @param statistics of the batch normalisations, by layer. If absent, each batch has its own, and which examples are a
 * batch depends on nothing but their contents
 */
export async function predict(
  backend: TensorBackend,
  layers: readonly Layer[],
  parameters: NetworkParameters,
  examples: Examples,
  sharpness: Sharpness,
  statistics?: ReadonlyMap<number, Statistics>,
): Promise<Uint8Array> {
  if (isLogic(layers)) {
    const { predictLogic } = await import('../logic/logic-step.js');
    return predictLogic(layers, parameters, examples, sharpness);
  }
  const examplesPerBatch = evenBatch(examples.count, evaluationBatch(layers));
  const { tf } = backend;
  const order = contentOrder(examples);
  const predictions = new Uint8Array(examples.count);
  for (let start = 0; start < examples.count; start += examplesPerBatch) {
    const size = Math.min(examplesPerBatch, examples.count - start);
    const { inputs } = gatherBatch(examples, order, start, size);
    backend.activate();
    const classes = tf.tidy(() => {
      const tensors = uploadParameters(tf, layers, parameters);
      const options = statistics === undefined ? {} : { statistics: uploadStatistics(tf, statistics) };
      const inputTensor: Tensor2D = tf.tensor2d(inputs, [size, layers[0].inputs]);
      return tf.argMax(forward(tf, layers, tensors, inputTensor, sharpness, options), 1);
    });
    try {
      (await classes.data()).forEach((label, at) => (predictions[order[start + at]] = label));
    } finally {
      classes.dispose();
    }
  }
  return predictions;
}

/** Counts how many of the examples are classified correctly. */
export async function countCorrect(
  backend: TensorBackend,
  layers: readonly Layer[],
  parameters: NetworkParameters,
  examples: Examples,
  sharpness: Sharpness,
  statistics?: ReadonlyMap<number, Statistics>,
): Promise<number> {
  const predictions = await predict(backend, layers, parameters, examples, sharpness, statistics);
  return predictions.reduce((count, label, index) => count + (label === examples.labels[index] ? 1 : 0), 0);
}

function uploadStatistics(tf: Tensorflow, statistics: ReadonlyMap<number, Statistics>) {
  return new Map(
    [...statistics].map(([index, { mean, variance }]) => [
      index,
      { mean: tf.tensor1d(mean), variance: tf.tensor1d(variance) },
    ]),
  );
}
