/**
 * Dropout masks made where they are used: those of one step of VGG-Small are 140 MB, which is too much to draw on the host
 * and to send to a device every step. Each value depends on its place and the mask's seed alone, so it can be computed
 * anywhere, in any order, and is the same on every device.
 */
import type { KernelFunc, Tensor, TensorInfo } from '@tensorflow/tfjs';
import type { Tensorflow } from './tensorflow.js';

export interface Mask {
  readonly shape: readonly number[];
  /** The probability of a 0; other values are 1 / (1 - rate). */
  readonly rate: number;
  /** An integer in [0, 2^32). */
  readonly seed: number;
}

export const maskKernelName = 'AdiabitDropoutMask';
const registered = new WeakMap<Tensorflow, Set<string>>();

/** A place in a mask is dropped when its hash is below this. */
const thresholdOf = (rate: number): number => Math.floor(rate * 2 ** 32);

const keptValue = (rate: number): number => 1 / (1 - rate);

/** C. Wellons, "Prospecting for Hash Functions", 2018 (lowbias32): every bit of the word changes half of the result's. */
function hash(word: number): number {
  word = Math.imul(word ^ (word >>> 16), 0x7feb352d);
  word = Math.imul(word ^ (word >>> 15), 0x846ca68b);
  return (word ^ (word >>> 16)) >>> 0;
}

/** The mask as the definition has it. */
export function hashedMask({ shape, rate, seed }: Mask): Float32Array {
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
  const threshold = thresholdOf(rate);
  for (let index = 0; index < values.length; index++) {
    values[index] = hash(hash(index) ^ seed) < threshold ? 0 : keptValue(rate);
  }
  return values;
}

/** Teaches a backend to make masks. Further calls do nothing. */
export function registerMaskKernel(tf: Tensorflow, backendName: 'webgpu' | 'cpu'): void {
  const backends = registered.get(tf) ?? new Set<string>();
  if (backends.has(backendName)) return;
  registered.set(tf, backends.add(backendName));
  tf.registerKernel({
    kernelName: maskKernelName,
    backendName,
    kernelFunc: backendName === 'webgpu' ? shaderMask : plainMask,
  });
}

/** A mask on the current backend, which `registerMaskKernel` has taught. */
export function maskTensor(tf: Tensorflow, { shape, rate, seed }: Mask): Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  const flat = tf.engine().runKernel<Tensor>(maskKernelName, {}, { shape: [size], rate, seed });
  return flat.reshape([...shape]);
}

interface CpuBackend {
  makeTensorInfo(shape: readonly number[], dtype: 'float32', values: Float32Array): TensorInfo;
}

const plainMask: KernelFunc = ({ backend, attrs }) => {
  const mask = attrs as unknown as Mask;
  return (backend as CpuBackend).makeTensorInfo(mask.shape, 'float32', hashedMask(mask));
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

const invocations = 64;

const shader = `
  fn hash(given : u32) -> u32 {
    var word = given;
    word = (word ^ (word >> 16u)) * 0x7feb352du;
    word = (word ^ (word >> 15u)) * 0x846ca68bu;
    return word ^ (word >> 16u);
  }
  fn main(index : i32) {
    if (index < uniforms.size) {
      let isDropped = hash(hash(u32(index)) ^ uniforms.seed) < uniforms.threshold;
      setOutputAtIndex(index, select(uniforms.kept, 0.0, isDropped));
    }
  }`;

const shaderMask: KernelFunc = ({ backend, attrs }) => {
  const { shape, rate, seed } = attrs as unknown as Mask;
  const program = {
    variableNames: [],
    outputShape: shape,
    uniforms: 'seed : u32, threshold : u32, kept : f32,',
    workgroupSize: [invocations, 1, 1],
    size: true,
    dispatchLayout: { x: [0] },
    dispatch: [Math.ceil(shape[0] / invocations), 1, 1],
    shaderKey: maskKernelName,
    getUserCode: () => shader,
  } as const;
  return (backend as WebgpuBackend).runWebGPUProgram({ ...program }, [], 'float32', [
    { type: 'uint32', data: [seed] },
    { type: 'uint32', data: [thresholdOf(rate)] },
    { type: 'float32', data: [keptValue(rate)] },
  ]);
};
