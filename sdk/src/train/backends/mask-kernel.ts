/**
 * Dropout masks made where they are used: those of one step of VGG-Small are 140 MB, which is too much to draw one by
 * one, or to send to a device or another process. Each value depends on its place and the mask's seed alone, so it can
 * be computed anywhere, in any order, and is the same on every backend.
 */
import type { KernelFunc, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { fillMask, keptValueOf, type Mask, thresholdOf } from './dropout-mask.js';
import type { Tensorflow } from './tensorflow.js';

export const MASK_KERNEL_NAME = 'AdiabitDropoutMask';

/** The registry is the process's. */
const registered = new WeakMap<Tensorflow, Set<string>>();

/** Teaches a backend to make masks. Further calls do nothing. */
export function registerMaskKernel(tf: Tensorflow, backendName: string): void {
  const backends = registered.get(tf) ?? new Set<string>();
  if (backends.has(backendName)) return;
  registered.set(tf, backends.add(backendName));
  tf.registerKernel({
    kernelName: MASK_KERNEL_NAME,
    backendName,
    kernelFunc: backendName === 'webgpu' ? shaderMask : writtenMask,
  });
}

/** Returns a mask on the current backend. */
export function maskTensor(tf: Tensorflow, { shape, rate, seed }: Mask): Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  const flat = tf.engine().runKernel<Tensor>(MASK_KERNEL_NAME, {}, { shape: [size], rate, seed });
  return tf.reshape(flat, [...shape]);
}

interface WritingBackend {
  write(values: Float32Array, shape: number[], dtype: 'float32'): TensorInfo['dataId'];
}

const writtenMask: KernelFunc = ({ backend, attrs }) => {
  const { shape, rate, seed } = attrs as unknown as Mask;
  const [size] = shape;
  const dataId = (backend as WritingBackend).write(fillMask({ shape, rate, seed }), [size], 'float32');
  return { dataId, shape: [size], dtype: 'float32' };
};

/** What the webgpu backend takes as a program, and how it runs one. */
interface WebgpuBackend {
  runWebGPUProgram(
    program: {
      readonly variableNames: readonly string[];
      readonly outputShape: readonly number[];
      readonly uniforms: string;
      readonly workgroupSize: readonly [number, number, number];
      readonly size: boolean;
      readonly dispatchLayout: { readonly x: readonly number[] };
      /** The backend spreads what is too long over the other dimensions. */
      dispatch: readonly [number, number, number];
      shaderKey: string;
      getUserCode(): string;
    },
    inputs: readonly TensorInfo[],
    dtype: 'float32',
    uniforms: readonly { readonly type: 'uint32' | 'float32'; readonly data: number[] }[],
  ): TensorInfo;
}

const INVOCATIONS = 64;

const SHADER = `
  fn hash(given : u32) -> u32 {
    var word = given;
    word = (word ^ (word >> 16u)) * 0x7feb352du;
    word = (word ^ (word >> 15u)) * 0x846ca68bu;
    return word ^ (word >> 16u);
  }
  fn main(index : i32) {
    if (index < uniforms.size) {
      let place = u32(index);
      let word = hash(hash(((place >> 3u) << 2u) | (place & 3u)) ^ uniforms.seed);
      let half = (word >> ((place & 4u) << 2u)) & 0xffffu;
      let isDropped = half < uniforms.threshold;
      setOutputAtIndex(index, select(uniforms.kept, 0.0, isDropped));
    }
  }`;

const shaderMask: KernelFunc = ({ backend, attrs }) => {
  const { shape, rate, seed } = attrs as unknown as Mask;
  const program = {
    variableNames: [],
    outputShape: shape,
    uniforms: 'seed : u32, threshold : u32, kept : f32,',
    workgroupSize: [INVOCATIONS, 1, 1],
    size: true,
    dispatchLayout: { x: [0] },
    dispatch: [Math.ceil(shape[0] / INVOCATIONS), 1, 1],
    shaderKey: MASK_KERNEL_NAME,
    getUserCode: () => SHADER,
  } as const;
  return (backend as WebgpuBackend).runWebGPUProgram({ ...program }, [], 'float32', [
    { type: 'uint32', data: [seed] },
    { type: 'uint32', data: [thresholdOf(rate)] },
    { type: 'float32', data: [keptValueOf(rate)] },
  ]);
};
