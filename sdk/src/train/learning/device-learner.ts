import type { Rank, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import type { LayerTensors } from '../forward/forward.js';
import { latentLimit } from '../forward/latent-bound.js';
import { decays } from '../forward/weight-decay.js';
import { kernelShape, type Layer } from '../network/layers.js';
import { trainableArrays, trainedNames } from '../network/parameters.js';
import { adamRate, decayFactor } from './adam.js';
import type { Learner, Lesson } from './learner.js';
import { shardsOf } from './shards.js';
import { drawMaskSeeds, lossAndGradients } from './step.js';

/** Stands for no limit where an infinite number might not be kept. */
const LARGEST_FLOAT32 = 3.4028234663852886e38;

/**
 * Keeps the numbers on the device for the whole epoch; of every step only the loss is read. All weights are one long
 * tensor, and so are the moments: Adam's update of a network with a hundred arrays is a dozen kernels instead of a
 * thousand. The update is that of `adamUpdate`, in float32 throughout.
 */
export function deviceLearner({ backend, layers, adam, setting, state, shards: count, teacher }: Lesson): Learner {
  const { tf } = backend;
  backend.activate();
  const arrays = trainableArrays(layers, state.parameters);
  const limits = perKernel((layer) => Math.min(latentLimit(layer, setting.kWeight), LARGEST_FLOAT32), LARGEST_FLOAT32);
  const decay = decayFactor(adam, setting.learningRate);
  const factors = perKernel((layer) => (decays(layer) ? decay : 1), 1);
  let weights = tf.tensor1d(joined(arrays));
  let first = tf.tensor1d(joined(state.adam.firstMoments));
  let second = tf.tensor1d(joined(state.adam.secondMoments));
  let { updates } = state.adam;

  /** Views of the long tensor, in the layers' shapes; what is not trained comes from the state. */
  const layerTensors = (): LayerTensors[] => {
    let offset = 0;
    return layers.map((layer, index) => {
      const found: Record<keyof LayerTensors, Tensor> = {
        kernel: tf.tensor(state.parameters[index].kernel, [...(kernelShape(layer) ?? [0])]),
        scale: tf.tensor(state.parameters[index].scale),
        bias: tf.tensor(state.parameters[index].bias),
      };
      for (const name of trainedNames(layer)) {
        const { size, shape } = found[name];
        found[name] = tf.reshape(tf.slice1d(weights, offset, size), shape);
        offset += size;
      }
      return found;
    });
  };

  /**
   * Returns a number for every value of the long tensor: the layer's for those of its kernel, `otherwise` for the rest;
   * undefined if all are `otherwise`.
   */
  function perKernel(of: (layer: Layer) => number, otherwise: number): Tensor1D | undefined {
    const values = layers.map(of);
    if (values.every((value) => value === otherwise)) return undefined;
    const lines = layers.flatMap((layer, index) =>
      trainedNames(layer).map((name) => {
        const value = name === 'kernel' ? values[index] : otherwise;
        return new Float32Array(state.parameters[index][name].length).fill(value);
      }),
    );
    return tf.tensor1d(joined(lines));
  }

  const joinedTensors = (gradients: readonly Tensor[]): Tensor =>
    tf.concat1d(gradients.map((one) => tf.reshape<Rank.R1>(one, [one.size])));

  const updated = (gradient: Tensor): [Tensor1D, Tensor1D, Tensor1D] => {
    const nextFirst = tf.add(first, tf.mul(tf.sub(gradient, first), 1 - adam.beta1));
    const nextSecond = tf.add(second, tf.mul(tf.sub(tf.square(gradient), second), 1 - adam.beta2));
    const rate = adamRate(adam, updates, setting.learningRate);
    const decayed = factors === undefined ? weights : tf.mul(weights, factors);
    const moved = tf.sub(decayed, tf.div(tf.mul(nextFirst, rate), tf.add(tf.sqrt(nextSecond), adam.epsilon)));
    const bounded = limits === undefined ? moved : tf.maximum(tf.minimum(moved, limits), tf.neg(limits));
    return [bounded as Tensor1D, nextFirst as Tensor1D, nextSecond as Tensor1D];
  };

  return {
    learn: async (batch) => {
      const given = shardsOf(batch, count);
      const taught = teacher === undefined ? given : await Promise.all(given.map(teacher));
      const shards = taught.map((shard) => ({
        batch: shard,
        maskSeeds: drawMaskSeeds(layers, state.random),
      }));
      backend.activate();
      updates++;
      const [loss, ...next] = tf.tidy(() => {
        const tensors = layerTensors();
        const results = shards.map((shard) => {
          const { value, grads } = lossAndGradients(tf, layers, tensors, shard, setting);
          const part = shard.batch.size / batch.size;
          return [value, joinedTensors(grads)].map((result) => (part === 1 ? result : tf.mul(result, part)));
        });
        const [value, gradient] = results.reduce((sum, result) => sum.map((one, at) => tf.add(one, result[at])));
        return [value, ...updated(gradient)] as [Tensor, Tensor1D, Tensor1D, Tensor1D];
      });
      tf.dispose([weights, first, second]);
      [weights, first, second] = next;
      try {
        return (await loss.data<'float32'>())[0];
      } finally {
        loss.dispose();
      }
    },
    finish: async () => {
      const found = await Promise.all([weights, first, second].map((tensor) => tensor.data<'float32'>()));
      [arrays, state.adam.firstMoments, state.adam.secondMoments].forEach((to, index) => split(found[index], to));
      state.adam.updates = updates;
    },
    dispose: () => tf.dispose([weights, first, second, limits, factors].filter((tensor) => tensor !== undefined)),
  };
}

function joined(arrays: readonly Float32Array[]): Float32Array {
  const result = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const array of arrays) {
    result.set(array, offset);
    offset += array.length;
  }
  return result;
}

function split(from: Float32Array, to: readonly Float32Array[]): void {
  let offset = 0;
  for (const array of to) {
    array.set(from.subarray(offset, offset + array.length));
    offset += array.length;
  }
}
