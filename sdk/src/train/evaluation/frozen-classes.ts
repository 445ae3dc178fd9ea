import type { Tensor4D } from '@tensorflow/tfjs-core';
import { getBit, signOfBit } from '@adiabit/simulator/bits';
import {
  type ConvolutionLayer,
  createLayer,
  type DenseLayer,
  isBinary,
  type Layer,
  layerRanges,
  type PictureShape,
  sourcesOf,
  valuesOfInput,
  type Weights,
} from '@adiabit/simulator/network';
import { argmax } from '../../model/oracle.js';
import type { BinarizedModel } from '../../model/model.js';
import type { TensorBackend } from '../backends/tensor-backend.js';

/** The smallest number from which float32 no longer has every whole number. */
const FIRST_INEXACT = 2 ** 24;

/** The values of some examples, one after the other. */
type Values = Int32Array;

/**
 * Makes the classes that a frozen model gives to inputs, as the integer oracle does and many times as fast: weighted
 * sums are made by convolutions of the tensor backend. Every partial sum is a whole number below 2^24, so float32 holds
 * it exactly, in whatever order it is added up; layers where that is not certain are left to the oracle.
 */
export function createFrozenClassifier(
  backend: TensorBackend,
  model: BinarizedModel,
): (inputs: readonly Uint8Array[]) => Promise<Uint8Array> {
  const { layers, input } = model;
  const ranges = layerRanges(model);
  const run = layers.map((layer, index): BatchOperator => {
    const { minimum, maximum } = ranges[index].sums;
    const isWeighted = layer.kind === 'dense' || layer.kind === 'convolution';
    const isExact = minimum > -FIRST_INEXACT && maximum < FIRST_INEXACT;
    return isWeighted && isExact ? onBackend(backend, layer) : exampleByExample(layer);
  });
  return async (inputs) => {
    const start = Int32Array.from(inputs.flatMap((one) => [...valuesOfInput(input, one)]));
    const values: Values[] = [];
    for (const [index, layer] of layers.entries()) {
      const before = sourcesOf(layer, index).map((source) => (source < 0 ? start : values[source]));
      values.push(await run[index](before, inputs.length));
    }
    const outputs = values[values.length - 1];
    const classes = outputs.length / inputs.length;
    return Uint8Array.from(inputs, (_, example) =>
      argmax(outputs.subarray(example * classes, (example + 1) * classes)),
    );
  };
}

type BatchOperator = (before: readonly Values[], examples: number) => Promise<Values>;

/** Returns the oracle's operator, example by example. */
function exampleByExample(layer: Layer): BatchOperator {
  const operator = createLayer(layer);
  return (before, examples) => {
    const parts = Array.from({ length: examples }, (_, example) =>
      before.map((values) => {
        const size = values.length / examples;
        return values.subarray(example * size, (example + 1) * size);
      }),
    );
    const results = parts.map((part) => operator(part).values);
    const together = new Int32Array(results.reduce((sum, { length }) => sum + length, 0));
    results.forEach((result, example) => together.set(result, example * result.length));
    return Promise.resolve(together);
  };
}

/** Rewrites a dense layer as a convolution whose window is the whole picture. */
function asConvolution(layer: DenseLayer | ConvolutionLayer) {
  if (layer.kind === 'convolution') return layer;
  const inputShape: PictureShape = [1, 1, layer.inputs];
  const outputShape: PictureShape = [1, 1, layer.outputs];
  return { ...layer, inputShape, outputShape, size: [1, 1], stride: [1, 1], padding: [0, 0] } as const;
}

function onBackend(backend: TensorBackend, layer: DenseLayer | ConvolutionLayer): BatchOperator {
  const { tf } = backend;
  const { inputShape, outputShape, size, stride, padding, weights, inputEncoding } = asConvolution(layer);
  const filter = filterOf(weights);
  // Constants are per channel and channels lie together, so a batch is activated like one example.
  const activate = createLayer({ kind: 'activation', inputShape: outputShape, activation: layer.activation });
  const behind = [0, 1].map(
    (axis) => (outputShape[axis] - 1) * stride[axis] + size[axis] - inputShape[axis] - padding[axis],
  );
  return async ([before], examples) => {
    const numbers = Float32Array.from(before, inputEncoding === 'bipolar' ? signOfBit : (value: number) => value);
    backend.activate();
    const sums = tf.tidy(() => {
      const x = tf.tensor4d(numbers, [examples, ...inputShape]);
      const around = (axis: 0 | 1): [number, number] => [padding[axis], Math.max(0, behind[axis])];
      const padded = tf.pad4d(x, [[0, 0], around(0), around(1), [0, 0]]);
      const w: Tensor4D = tf.tensor4d(filter, [...size, inputShape[2], outputShape[2]]);
      return tf.conv2d(padded, w, [...stride], 'valid');
    });
    try {
      return activate([Int32Array.from(await sums.data())]).values;
    } finally {
      sums.dispose();
    }
  };
}

/** Returns [window, inputs of a place, outputs], from rows of outputs. */
function filterOf(weights: Weights): Float32Array {
  const { rows, columns } = weights;
  const filter = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const weight = isBinary(weights)
        ? signOfBit(getBit(weights, row, column))
        : weights.values[row * columns + column];
      filter[column * rows + row] = weight;
    }
  }
  return filter;
}
