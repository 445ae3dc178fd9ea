import type { layers, LayersModel, Sequential, SymbolicTensor, Tensor } from '@tensorflow/tfjs';
import type { Tensorflow } from '../whole-library.js';
import { Random } from '../../random.js';

/** Integers of 8 bits, as a model is fed them: divided by 255. */
export function toyInputs(tf: Tensorflow, shape: number[], seed: number): Tensor {
  const random = Random.fromSeed(seed);
  const count = shape.reduce((product, length) => product * length, 1);
  const values = Float32Array.from({ length: count }, () => Math.floor(random.uniform(0, 256)) / 255);
  return tf.tensor(values, shape);
}

/** Random numbers in the place of all that is trained: nothing is at 0 or 1 by chance. */
export function scatterWeights(tf: Tensorflow, model: LayersModel, seed: number): void {
  const random = Random.fromSeed(seed);
  tf.tidy(() => {
    for (const layer of model.layers) {
      layer.setWeights(
        layer.getWeights().map((weight, index) => {
          const isVariance = layer.getClassName() === 'BatchNormalization' && index === 3;
          const [from, to] = isVariance || weight.rank === 0 ? [0.3, 1.5] : [-1, 1];
          return tf.tensor(
            Float32Array.from({ length: weight.size }, () => random.uniform(from, to)),
            weight.shape,
          );
        }),
      );
    }
  });
}

/** A picture network with all that can be frozen: shortcuts of both kinds, biases, a pool, batch norms. */
export function everyLayerModel(tf: Tensorflow, middle: 'relu' | 'tanh' = 'relu'): LayersModel {
  const { layers } = tf;
  const { batchNormalization, reLU, add, activation, dense } = layers;
  const through = (x: SymbolicTensor | SymbolicTensor[], ...line: layers.Layer[]): SymbolicTensor =>
    line.reduce<SymbolicTensor | SymbolicTensor[]>((at, one) => one.apply(at) as SymbolicTensor, x) as SymbolicTensor;
  const convolution = (filters: number, strides = 1, useBias = true) =>
    layers.conv2d({ filters, kernelSize: 3, strides, padding: 'same', useBias });
  const input = tf.input({ shape: [9, 9, 2] });
  const first = through(input, convolution(4), batchNormalization(), reLU());
  const one = through(first, convolution(4), batchNormalization({ epsilon: 0.01 }));
  const sum = through([one, first], add());
  const two = through(sum, activation({ activation: middle }), convolution(6, 2, false), batchNormalization());
  const way = through(sum, layers.conv2d({ filters: 6, kernelSize: 1, strides: 2, useBias: false }));
  const output = through(
    [way, two],
    ...[add(), batchNormalization(), layers.maxPooling2d({ poolSize: 2 }), activation({ activation: 'relu' })],
    ...[layers.dropout({ rate: 0.3 }), layers.flatten()],
    ...[dense({ units: 7, activation: 'relu' }), dense({ units: 3, activation: 'softmax' })],
  );
  return tf.model({ inputs: input, outputs: output });
}

/** A line network: one-dimensional convolution and pools. */
export function lineModel(tf: Tensorflow, middle: 'relu' | 'tanh' = 'relu'): Sequential {
  const { layers } = tf;
  return tf.sequential({
    layers: [
      layers.conv1d({ filters: 5, kernelSize: 4, strides: 2, activation: 'relu', inputShape: [30, 3] }),
      layers.averagePooling1d({ poolSize: 2 }),
      layers.conv1d({ filters: 4, kernelSize: 3, padding: 'same' }),
      layers.batchNormalization(),
      layers.activation({ activation: middle }),
      layers.globalAveragePooling1d({}),
      layers.dense({ units: 3 }),
      layers.softmax(),
    ],
  });
}

/** Rows of values that are normalised before anything weighs them, so that dividing later would be another thing. */
export function normalizedFirstModel(tf: Tensorflow, middle: 'relu' | 'tanh' = 'relu'): Sequential {
  const { layers } = tf;
  return tf.sequential({
    layers: [
      layers.batchNormalization({ inputShape: [4, 3] }),
      layers.flatten(),
      layers.dense({ units: 8, activation: middle, useBias: false }),
      layers.dense({ units: 3, activation: 'softmax' }),
    ],
  });
}
