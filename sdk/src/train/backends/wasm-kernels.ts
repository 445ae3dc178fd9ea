/**
 * Kernels of the wasm backend (TensorFlow.js 4.22) that are missing or too slow to train with, patched through the
 * public kernel registry. Each is tested against the cpu backend.
 *
 * | kernel | fault | patched by |
 * |---|---|---|
 * | batch normalisation and its gradient | a dozen operations each | see `wasm-batch-norm.ts` |
 * | BatchMatMul with transposeA or transposeB (every dense gradient) | a scalar loop | the Transpose kernel, then the plain (XNNPACK) product |
 * | Conv2DBackpropFilter | missing | see `wasm-filter-gradient.ts` |
 * | Conv2DBackpropInput | a scalar loop | see `wasm-convolutions.ts` |
 * | GatherV2 from a line (mu-law) | slow | see `wasm-copies.ts` |
 * | Identity (every tensor kept for a gradient) | a copy | see `wasm-copies.ts` |
 * | MaxPoolGrad | looks at every window of every input | see `wasm-pooling.ts` |
 * | Tanh | scalar | 2 sigmoid(2x) - 1 with the SIMD Sigmoid kernel; absolute error below 3e-7 |
 */
import type { DataId, KernelConfig, KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { BATCH_NORM_GRADIENT_NAME, BATCH_NORM_NAME } from './batch-norm-kernel.js';
import type { Tensorflow } from './tensorflow.js';
import { batchNorm, batchNormGradient } from './wasm-batch-norm.js';
import { inputGradient } from './wasm-convolutions.js';
import { lookUpFast, shareIdentity } from './wasm-copies.js';
import { filterGradient } from './wasm-filter-gradient.js';
import type { WasmHeap } from './wasm-heap.js';
import { maxPoolGradient } from './wasm-pooling.js';

const BACKEND_NAME = 'wasm';

/**
 * The instances whose kernels are patched: patching twice would wrap the wrapper, since the registry is the process's.
 */
const patched = new WeakSet<Tensorflow>();

type Stock = (kernelName: string) => KernelFunc;

const makers: Readonly<Record<string, (tf: Tensorflow, stock: Stock) => KernelFunc>> = {
  [BATCH_NORM_NAME]: () => batchNorm,
  [BATCH_NORM_GRADIENT_NAME]: () => batchNormGradient,
  BatchMatMul: (_, stock) => transposeFirst(stock('BatchMatMul'), stock('Transpose')),
  Conv2DBackpropFilter: (tf) => filterGradient(tf),
  Conv2DBackpropInput: (tf, stock) => inputGradient(tf, stock('Conv2D')),
  GatherV2: (_, stock) => lookUpFast(stock('GatherV2')),
  Identity: () => shareIdentity,
  MaxPoolGrad: (tf) => maxPoolGradient(tf),
  Tanh: (_, stock) => tanhFromSigmoid(stock('Sigmoid')),
};

/** The kernels that `mendWasmKernels` adds or replaces. */
export const patchedWasmKernels: readonly string[] = Object.keys(makers);

/** Patches the kernels for the whole process. Call after the backend has started; further calls do nothing. */
export function patchWasmKernels(tf: Tensorflow): void {
  if (patched.has(tf)) return;
  patched.add(tf);
  const find = (name: string) => tf.getKernel(name, BACKEND_NAME) as KernelConfig | undefined;
  const stock: Stock = (name) => {
    const config = find(name);
    if (config === undefined) throw new Error(`The wasm backend has no kernel ${name}.`);
    return config.kernelFunc;
  };
  for (const [kernelName, make] of Object.entries(makers)) {
    const config = find(kernelName);
    const kernelFunc = make(tf, stock);
    if (config !== undefined) tf.unregisterKernel(kernelName, BACKEND_NAME);
    tf.registerKernel({ ...config, kernelName, backendName: BACKEND_NAME, kernelFunc });
  }
}

function transposeFirst(matMul: KernelFunc, transpose: KernelFunc): KernelFunc {
  return ({ inputs, backend, attrs }) => {
    const wasm = backend as WasmHeap;
    const temporaries: DataId[] = [];
    const straight = (x: TensorInfo, isTransposed: boolean): TensorInfo => {
      if (!isTransposed) return x;
      const result = transpose({ inputs: { x }, backend, attrs: { perm: swapLastTwo(x.shape.length) } }) as TensorInfo;
      temporaries.push(result.dataId);
      return result;
    };
    const a = straight(inputs['a'] as TensorInfo, attrs?.['transposeA'] === true);
    const b = straight(inputs['b'] as TensorInfo, attrs?.['transposeB'] === true);
    const product = matMul({ inputs: { a, b }, backend, attrs: { transposeA: false, transposeB: false } });
    temporaries.forEach((dataId) => wasm.disposeData(dataId));
    return product;
  };
}

function swapLastTwo(rank: number): number[] {
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  return [...axes.slice(0, rank - 2), rank - 1, rank - 2];
}

function tanhFromSigmoid(sigmoid: KernelFunc): KernelFunc {
  return ({ inputs, backend }) => {
    const wasm = backend as WasmHeap;
    const x = inputs['x'] as TensorInfo;
    const doubled = wasm.makeOutput(x.shape, 'float32');
    // Views are taken after the allocation: growing the heap detaches older ones.
    const from = wasm.typedArrayFromHeap(x);
    const to = wasm.typedArrayFromHeap(doubled);
    for (let index = 0; index < to.length; index++) to[index] = 2 * from[index];
    const result = sigmoid({ inputs: { x: doubled }, backend, attrs: {} }) as TensorInfo;
    wasm.disposeData(doubled.dataId);
    const values = wasm.typedArrayFromHeap(result);
    for (let index = 0; index < values.length; index++) values[index] = 2 * values[index] - 1;
    return result;
  };
}
