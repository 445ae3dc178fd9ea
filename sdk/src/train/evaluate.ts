import type { Tensor2D } from '@tensorflow/tfjs';
import type { Backend } from './backends/backend.js';
import { gatherBatch } from './batches.js';
import type { Examples } from './dataset.js';
import type { Sharpness } from './forward.js';
import { forward } from './forward.js';
import type { DenseLayer } from './network.js';
import type { NetworkParameters } from './parameters.js';
import { uploadParameters } from './step.js';

const examplesPerBatch = 1000;

/** The predicted class of every example at the given sharpness, on the tensor backend. */
export async function predict(
  backend: Backend,
  layers: readonly DenseLayer[],
  parameters: NetworkParameters,
  examples: Examples,
  sharpness: Sharpness,
): Promise<Uint8Array> {
  const { tf } = backend;
  const order = Uint32Array.from({ length: examples.count }, (_, index) => index);
  const predictions = new Uint8Array(examples.count);
  for (let start = 0; start < examples.count; start += examplesPerBatch) {
    const size = Math.min(examplesPerBatch, examples.count - start);
    const { inputs } = gatherBatch(examples, order, start, size);
    backend.activate();
    const classes = tf.tidy(() => {
      const tensors = uploadParameters(tf, layers, parameters);
      const inputTensor: Tensor2D = tf.tensor2d(inputs, [size, layers[0].inputs]);
      return tf.argMax(forward(tf, layers, tensors, inputTensor, sharpness), 1);
    });
    try {
      predictions.set(await classes.data(), start);
    } finally {
      classes.dispose();
    }
  }
  return predictions;
}

/** How many of the examples are classified correctly. */
export async function countCorrect(
  backend: Backend,
  layers: readonly DenseLayer[],
  parameters: NetworkParameters,
  examples: Examples,
  sharpness: Sharpness,
): Promise<number> {
  const predictions = await predict(backend, layers, parameters, examples, sharpness);
  return predictions.reduce((count, label, index) => count + (label === examples.labels[index] ? 1 : 0), 0);
}
