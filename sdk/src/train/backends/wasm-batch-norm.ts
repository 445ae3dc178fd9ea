/**
 * Batch normalisation and its gradient for the wasm backend, two passes over memory each where single operations take a
 * dozen; `normalizeBatch` has the formulas. Sums over a batch are in float64.
 */
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmHeap } from './wasm-heap.js';

/** Computes y, and of each channel the mean and 1 / sqrt(variance + epsilon), which the gradient takes as s0 and s1. */
export const batchNorm: KernelFunc = ({ inputs, backend, attrs }) => {
  const heap = backend as WasmHeap;
  const [x, gamma, beta] = ['x', 'gamma', 'beta'].map((name) => inputs[name] as TensorInfo);
  const [y, mean, inverse] = [x, gamma, gamma].map(({ shape }) => heap.makeOutput(shape, 'float32'));
  // Views are taken after the allocation: growing the heap detaches older ones.
  const view = (tensor: TensorInfo): Float32Array => heap.typedArrayFromHeap(tensor);
  const [means, inverses] = [view(mean), view(inverse)];
  takeMoments(view(x), means, inverses, attrs?.['epsilon'] as number);
  const factors = view(gamma).map((scale, channel) => scale * inverses[channel]);
  normalizeChannels(view(x), means, factors, view(beta), view(y));
  return [y, mean, inverse];
};

/** Computes the gradients by x, gamma and beta. */
export const batchNormGradient: KernelFunc = ({ inputs, backend }) => {
  const heap = backend as WasmHeap;
  const [dy, x, gamma, mean, inverse] = ['dy', 'x', 'gamma', 's0', 's1'].map((name) => inputs[name] as TensorInfo);
  const results = [x, gamma, gamma].map(({ shape }) => heap.makeOutput(shape, 'float32'));
  // Views are taken after the allocation: growing the heap detaches older ones.
  const [gradients, values, scales, means, inverses] = [dy, x, gamma, mean, inverse].map((one) =>
    heap.typedArrayFromHeap(one),
  );
  const [dx, byGamma, byBeta] = results.map((one) => heap.typedArrayFromHeap(one));
  const { sums, products } = sumWithProducts(gradients, values, scales.length);
  const count = values.length / scales.length;
  // dx = a dy + b x + c in each channel: the formula, collected by what changes from place to place.
  const [a, b, c] = Array.from({ length: 3 }, () => new Float64Array(scales.length));
  for (let channel = 0; channel < scales.length; channel++) {
    const rate = inverses[channel];
    const turned = (products[channel] - means[channel] * sums[channel]) * rate;
    byBeta[channel] = sums[channel];
    byGamma[channel] = turned;
    a[channel] = scales[channel] * rate;
    b[channel] = (-a[channel] * rate * turned) / count;
    c[channel] = (-a[channel] * sums[channel]) / count - b[channel] * means[channel];
  }
  combineChannels(gradients, values, a, b, c, dx);
  return results;
};

function takeMoments(x: Float32Array, means: Float32Array, inverses: Float32Array, epsilon: number): void {
  const { sums, products } = sumWithProducts(x, x, means.length);
  const count = x.length / means.length;
  for (let channel = 0; channel < means.length; channel++) {
    const mean = sums[channel] / count;
    means[channel] = mean;
    inverses[channel] = 1 / Math.sqrt(Math.max(0, products[channel] / count - mean * mean) + epsilon);
  }
}

/** Computes for each channel the sum of the first, and of the products of both. */
function sumWithProducts(first: Float32Array, second: Float32Array, channels: number) {
  const sums = new Float64Array(channels);
  const products = new Float64Array(channels);
  for (let start = 0; start < first.length; start += channels) {
    for (let channel = 0; channel < channels; channel++) {
      const value = first[start + channel];
      sums[channel] += value;
      products[channel] += value * second[start + channel];
    }
  }
  return { sums, products };
}

function normalizeChannels(
  x: Float32Array,
  means: Float32Array,
  factors: Float32Array,
  offsets: Float32Array,
  y: Float32Array,
): void {
  const channels = means.length;
  for (let start = 0; start < x.length; start += channels) {
    for (let channel = 0; channel < channels; channel++) {
      y[start + channel] = (x[start + channel] - means[channel]) * factors[channel] + offsets[channel];
    }
  }
}

function combineChannels(
  dy: Float32Array,
  x: Float32Array,
  a: Float64Array,
  b: Float64Array,
  c: Float64Array,
  dx: Float32Array,
): void {
  const channels = a.length;
  for (let start = 0; start < x.length; start += channels) {
    for (let channel = 0; channel < channels; channel++) {
      const at = start + channel;
      dx[at] = a[channel] * dy[at] + b[channel] * x[at] + c[channel];
    }
  }
}
