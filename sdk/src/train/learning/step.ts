import type { Tensor } from '@tensorflow/tfjs-core';
import type { Random } from '../../random.js';
import type { TensorBackend } from '../backends/tensor-backend.js';
import { maskTensor } from '../backends/mask-kernel.js';
import type { Tensorflow } from '../backends/tensorflow.js';
import type { Batch } from '../datasets/batches.js';
import { forward, type LayerTensors } from '../forward/forward.js';
import type { Sharpness } from '../forward/sharpness.js';
import { softmaxCrossEntropy } from '../forward/loss.js';
import { isLogic, kernelShape, type Layer } from '../network/layers.js';
import { type NetworkParameters, trainedNames } from '../network/parameters.js';

export interface StepResult {
  /** Mean softmax cross-entropy of the batch, in nats. */
  readonly loss: number;
  /** Gradients in the order of `trainableArrays`. */
  readonly gradients: readonly Float32Array[];
}

/** What gradients are computed from at once: a batch or a part of one. */
export interface Shard {
  readonly batch: Batch;
  /**
   * For each layer the seed of the dropout mask that its outputs are multiplied with. If absent, nothing is dropped.
   */
  readonly maskSeeds?: readonly (number | undefined)[];
  /** Asks a network of tables what other wires would do: see `computeLogicSteps`. */
  readonly probeSeed?: number;
}

/** Mixes what another network says of a shard into its targets (see `openTeacher`). */
export type Teacher = (shard: Batch) => Promise<Batch>;

/** Draws a seed for the mask of every layer that has dropout. */
export const drawMaskSeeds = (layers: readonly Layer[], random: Random): readonly (number | undefined)[] =>
  layers.map(({ dropout }) => (dropout === 0 ? undefined : random.nextWord()));

/** Uploads the parameters. The caller disposes of the tensors. */
export function uploadParameters(
  tf: Tensorflow,
  layers: readonly Layer[],
  parameters: NetworkParameters,
): readonly LayerTensors[] {
  return layers.map((layer, index) => {
    const { kernel, scale, bias } = parameters[index];
    const shape = kernelShape(layer) ?? [0];
    return { kernel: tf.tensor(kernel, [...shape]), scale: tf.tensor(scale), bias: tf.tensor(bias) };
  });
}

/**
 * Computes the loss and its true gradients for one batch. Parameters live on the host and are uploaded for each step (a copy of
 * 0.4 MB costs tens of microseconds), so no tensor survives the step and two trainings share no variable.
 */
export async function computeStep(
  backend: TensorBackend,
  layers: readonly Layer[],
  parameters: NetworkParameters,
  { batch, ...drawn }: Shard,
  sharpness: Sharpness,
  teacher?: Teacher,
): Promise<StepResult> {
  const taught = teacher === undefined ? batch : await teacher(batch);
  backend.activate();
  const { tf } = backend;
  const results = tf.tidy(() => {
    const tensors = uploadParameters(tf, layers, parameters);
    const { value, grads } = lossAndGradients(tf, layers, tensors, { batch: taught, ...drawn }, sharpness);
    return [value, ...grads];
  });
  try {
    const [loss, ...gradients] = await Promise.all(results.map((result) => result.data<'float32'>()));
    return { loss: loss[0], gradients };
  } finally {
    tf.dispose(results);
  }
}

/** Computes the results of shards, one after the other. */
export async function computeAll(
  backend: TensorBackend,
  layers: readonly Layer[],
  parameters: NetworkParameters,
  shards: readonly Shard[],
  sharpness: Sharpness,
  teacher?: Teacher,
): Promise<StepResult[]> {
  if (isLogic(layers)) {
    const { computeLogicSteps } = await import('../logic/logic-step.js');
    const taught = shards.map(async (shard) => ({ ...shard, batch: (await teacher?.(shard.batch)) ?? shard.batch }));
    return computeLogicSteps(layers, parameters, await Promise.all(taught), sharpness);
  }
  const results: StepResult[] = [];
  for (const shard of shards) results.push(await computeStep(backend, layers, parameters, shard, sharpness, teacher));
  return results;
}

/** Returns the same on tensors. Leaves intermediate ones behind: call it in a tidy. */
export function lossAndGradients(
  tf: Tensorflow,
  layers: readonly Layer[],
  tensors: readonly LayerTensors[],
  { batch, maskSeeds = [] }: Shard,
  sharpness: Sharpness,
): { readonly value: Tensor; readonly grads: Tensor[] } {
  const inputs = tf.tensor2d(batch.inputs, [batch.size, layers[0].inputs]);
  const labels = tf.tensor2d(batch.targets, [batch.size, layers[layers.length - 1].outputs]);
  const masks = maskSeeds.map((seed, index) => {
    const { dropout: rate, outputShape } = layers[index];
    return seed === undefined ? undefined : maskTensor(tf, { shape: [batch.size, ...outputShape], rate, seed });
  });
  const computeLoss = (): Tensor => {
    const logits = forward(tf, layers, tensors, inputs, sharpness, { masks });
    return softmaxCrossEntropy(tf, labels, logits);
  };
  return tf.valueAndGrads(computeLoss)(trainableTensors(layers, tensors));
}

function trainableTensors(layers: readonly Layer[], tensors: readonly LayerTensors[]): Tensor[] {
  return layers.flatMap((layer, index) => trainedNames(layer).map((name) => tensors[index][name]));
}
