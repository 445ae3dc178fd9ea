import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { Backend } from './backends/backend.js';
import type { Tensorflow } from './backends/tensorflow.js';
import type { Batch } from './batches.js';
import type { LayerTensors, Sharpness } from './forward.js';
import { forward } from './forward.js';
import type { DenseLayer } from './network.js';
import type { NetworkParameters } from './parameters.js';

export interface StepResult {
  /** Mean softmax cross-entropy of the batch, in nats. */
  readonly loss: number;
  /** In the order of `trainableArrays`. */
  readonly gradients: readonly Float32Array[];
}

/** Uploads the parameters. The caller disposes of the tensors. */
export function uploadParameters(
  tf: Tensorflow,
  layers: readonly DenseLayer[],
  parameters: NetworkParameters,
): readonly LayerTensors[] {
  return layers.map(({ inputs, outputs }, index) => {
    const { kernel, scale, bias } = parameters[index];
    return { kernel: tf.tensor(kernel, [inputs, outputs]), scale: tf.tensor(scale), bias: tf.tensor(bias) };
  });
}

/**
 * Loss and its true gradients for one batch. Parameters live on the host and are uploaded for each step (a copy of
 * 0.4 MB costs tens of microseconds), so no tensor survives the step and two trainings share no variable.
 */
export async function computeStep(
  backend: Backend,
  layers: readonly DenseLayer[],
  parameters: NetworkParameters,
  batch: Batch,
  masks: readonly (Float32Array | undefined)[],
  sharpness: Sharpness,
): Promise<StepResult> {
  backend.activate();
  const { tf } = backend;
  const results = tf.tidy(() => {
    const tensors = uploadParameters(tf, layers, parameters);
    const inputs = tf.tensor2d(batch.inputs, [batch.size, layers[0].inputs]);
    const labels = tf.tensor2d(batch.oneHot, [batch.size, layers[layers.length - 1].outputs]);
    const maskTensors = masks.map((mask, index) => mask && tf.tensor2d(mask, [batch.size, layers[index].outputs]));
    const computeLoss = (): Tensor => {
      const logits = forward(tf, layers, tensors, inputs, sharpness, maskTensors);
      return tf.losses.softmaxCrossEntropy<Tensor2D, Tensor>(labels, logits);
    };
    const { value, grads } = tf.valueAndGrads(computeLoss)(trainableTensors(layers, tensors));
    return [value, ...grads];
  });
  try {
    const [loss, ...gradients] = await Promise.all(results.map((result) => result.data<'float32'>()));
    return { loss: loss[0], gradients };
  } finally {
    tf.dispose(results);
  }
}

function trainableTensors(layers: readonly DenseLayer[], tensors: readonly LayerTensors[]): Tensor[] {
  return layers.flatMap(({ binaryWeights }, index) => {
    const { kernel, bias, scale } = tensors[index];
    return binaryWeights ? [kernel, bias, scale] : [kernel, bias];
  });
}
