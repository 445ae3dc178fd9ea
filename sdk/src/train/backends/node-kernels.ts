/**
 * Kernels of TensorFlow's C library that TensorFlow.js (4.22) does not call by itself, for the backend `node`. Each
 * does in one pass over memory what took several operations; each is tested against the cpu backend.
 *
 * | kernel or gradient | what TensorFlow.js does | what is called instead |
 * |---|---|---|
 * | batch normalisation and its gradient | a dozen operations each | FusedBatchNormV3, FusedBatchNormGradV3 |
 * | gradient of Sigmoid, Tanh and Relu | three operations | SigmoidGrad, TanhGrad, ReluGrad |
 * | Conv2DBackpropFilter | one operation, which corrupts memory for some strides | see `unstridedFirst` |
 */
import type { KernelFunc, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { BATCH_NORM_GRADIENT_NAME, BATCH_NORM_NAME } from './batch-norm-kernel.js';
import type { Tensorflow } from './tensorflow.js';

const BACKEND_NAME = 'tensorflow';
const FILTER_GRADIENT_NAME = 'Conv2DBackpropFilter';

interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** What is used here of the backend of `@tensorflow/tfjs-node`. */
interface NodeBackend {
  readonly binding: Readonly<
    Record<'TF_ATTR_TYPE' | 'TF_ATTR_FLOAT' | 'TF_ATTR_STRING' | 'TF_ATTR_BOOL' | 'TF_FLOAT', number>
  >;
  executeSingleOutput(name: string, attributes: readonly Attribute[], inputs: readonly TensorInfo[]): Tensor;
  executeMultipleOutputs(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly TensorInfo[],
    outputs: number,
  ): Tensor[];
}

/**
 * The instances whose kernels are patched: patching twice would wrap the wrapper, since the registry is the process's.
 */
const patched = new WeakSet<Tensorflow>();

/** The kernels that `mendNodeKernels` adds or replaces. */
export const nodeKernels: readonly string[] = [BATCH_NORM_NAME, BATCH_NORM_GRADIENT_NAME, FILTER_GRADIENT_NAME];

/**
 * Registers the kernels and gradients for the whole process. Call after the backend has started; further calls do
 * nothing.
 */
export function patchNodeKernels(tf: Tensorflow): void {
  if (patched.has(tf)) return;
  patched.add(tf);
  tf.registerKernel({ kernelName: BATCH_NORM_NAME, backendName: BACKEND_NAME, kernelFunc: batchNorm(tf) });
  tf.registerKernel({
    kernelName: BATCH_NORM_GRADIENT_NAME,
    backendName: BACKEND_NAME,
    kernelFunc: batchNormGradient(tf),
  });
  const filterGradient = tf.getKernel(FILTER_GRADIENT_NAME, BACKEND_NAME);
  tf.unregisterKernel(FILTER_GRADIENT_NAME, BACKEND_NAME);
  tf.registerKernel({ ...filterGradient, kernelFunc: unstridedFirst(tf, filterGradient.kernelFunc) });
  for (const kernelName of ['Sigmoid', 'Tanh', 'Relu']) patchGradient(tf, kernelName);
}

const floats = ({ binding }: NodeBackend, ...names: string[]): Attribute[] =>
  names.map((name) => ({ name, type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT }));

function batchNormAttributes(backend: NodeBackend, epsilon: unknown): Attribute[] {
  const { binding } = backend;
  return [
    ...floats(backend, 'T', 'U'),
    { name: 'epsilon', type: binding.TF_ATTR_FLOAT, value: epsilon },
    { name: 'data_format', type: binding.TF_ATTR_STRING, value: 'NHWC' },
    { name: 'is_training', type: binding.TF_ATTR_BOOL, value: true },
  ];
}

/** Kernels of this backend are given and give tensors. */
const tensorsOf = <Name extends string>(inputs: object): Readonly<Record<Name, Tensor>> =>
  inputs as Readonly<Record<Name, Tensor>>;

/**
 * Reshapes values to pictures. TensorFlow normalises pictures only; every other shape is a batch of pictures of one
 * place.
 */
function asPictures(tf: Tensorflow, x: Tensor): Tensor {
  if (x.shape.length === 4) return x;
  const channels = x.shape[x.shape.length - 1];
  const places = x.shape.slice(0, -1).reduce((product, size) => product * size, 1);
  return tf.reshape(x, [places, 1, 1, channels]);
}

function batchNorm(tf: Tensorflow): KernelFunc {
  return ({ inputs, backend, attrs }) =>
    tf.tidy(() => {
      const node = backend as NodeBackend;
      const { x, gamma, beta } = tensorsOf<'x' | 'gamma' | 'beta'>(inputs);
      const none = tf.tensor1d([]);
      const given = [asPictures(tf, x), gamma, beta, none, none];
      const [y, , , ...reserved] = node.executeMultipleOutputs(
        'FusedBatchNormV3',
        batchNormAttributes(node, attrs?.['epsilon']),
        given,
        6,
      );
      return [tf.reshape(y, x.shape), ...reserved];
    });
}

function batchNormGradient(tf: Tensorflow): KernelFunc {
  return ({ inputs, backend, attrs }) =>
    tf.tidy(() => {
      const node = backend as NodeBackend;
      const { dy, x, gamma, s0, s1, s2 } = tensorsOf<'dy' | 'x' | 'gamma' | 's0' | 's1' | 's2'>(inputs);
      const given = [asPictures(tf, dy), asPictures(tf, x), gamma, s0, s1, s2];
      const [dx, byGamma, byBeta] = node.executeMultipleOutputs(
        'FusedBatchNormGradV3',
        batchNormAttributes(node, attrs?.['epsilon']),
        given,
        5,
      );
      return [tf.reshape(dx, x.shape), byGamma, byBeta];
    });
}

/**
 * Replaces a gradient. The operands of TensorFlow's gradient are dy and what the forward pass saved, in the one order
 * or the other.
 */
function patchGradient(tf: Tensorflow, kernelName: string): void {
  const stock = tf.getGradient(kernelName);
  tf.unregisterGradient(kernelName);
  tf.registerGradient({
    ...stock,
    gradFunc: (given, saved, attributes) => {
      if (tf.getBackend() !== BACKEND_NAME) return stock.gradFunc(given, saved, attributes);
      const dy = given as Tensor;
      const node = tf.backend() as unknown as NodeBackend;
      const operands = kernelName === 'Relu' ? [dy, saved[0]] : [saved[0], dy];
      return { x: () => node.executeSingleOutput(`${kernelName}Grad`, floats(node, 'T'), operands) };
    },
  });
}

/**
 * Computes the gradient of a 1 x 1 filter without strides. The filter gradient of TensorFlow's oneDNN (seen in
 * TensorFlow 2.12 to 2.21) writes beyond its memory for filters of 1 x 1 with two different strides and batches of up
 * to three. Such a filter sees only the pixels at the strides, whatever the padding, so they are taken out first.
 */
function unstridedFirst(tf: Tensorflow, filterGradient: KernelFunc): KernelFunc {
  return (given) => {
    const { x, dy } = tensorsOf<'x' | 'dy'>(given.inputs);
    const [filterHeight, filterWidth] = given.attrs?.['filterShape'] as number[];
    const [down, right] = pairOf(given.attrs?.['strides'] as number | [number, number]);
    if (filterHeight !== 1 || filterWidth !== 1 || down === right) return filterGradient(given);
    return tf.tidy(() => {
      const seen = tf.stridedSlice(x, [0, 0, 0, 0], x.shape, [1, down, right, 1]);
      return filterGradient({
        ...given,
        inputs: { x: seen, dy },
        attrs: { ...given.attrs, strides: [1, 1] },
      }) as Tensor;
    });
  };
}

const pairOf = (strides: number | [number, number]): [number, number] =>
  typeof strides === 'number' ? [strides, strides] : strides;
