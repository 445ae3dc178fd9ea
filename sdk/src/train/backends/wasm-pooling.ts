import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { Tensorflow } from './tensorflow.js';
import type { WasmHeap } from './wasm-heap.js';

type Shape4D = [number, number, number, number];
type Pair = [number, number];

/**
 * Returns the gradient of a max pool: each dy goes to the greatest value of its window, the first of equals, as on the
 * cpu backend. It looks at every window once; the stock kernel looks at every window of every input.
 */
export function maxPoolGradient(tf: Tensorflow): KernelFunc {
  return ({ inputs, backend, attrs }) => {
    const wasm = backend as WasmHeap;
    const dy = inputs['dy'] as TensorInfo;
    const x = inputs['input'] as TensorInfo;
    const [size, strides] = [attrs?.['filterSize'] as Pair, attrs?.['strides'] as Pair];
    const pad = attrs?.['pad'] as number | 'valid' | 'same';
    const rounding = attrs?.['dimRoundingMode'] as 'floor' | 'round' | 'ceil' | undefined;
    const windows = tf.backend_util.computePool2DInfo(x.shape as Shape4D, size, strides, 1, pad, rounding);
    const dx = wasm.makeOutput(x.shape, 'float32');
    // Views are taken after the allocation: growing the heap detaches older ones.
    routeToMaxima(windows, wasm.typedArrayFromHeap(x), wasm.typedArrayFromHeap(dy), wasm.typedArrayFromHeap(dx));
    return dx;
  };
}

type Windows = ReturnType<Tensorflow['backend_util']['computePool2DInfo']>;

function routeToMaxima(windows: Windows, x: Float32Array, dy: Float32Array, dx: Float32Array): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth } = windows;
  const { strideHeight, strideWidth, filterHeight, filterWidth } = windows;
  const { top, left } = windows.padInfo;
  const line = inWidth * inChannels;
  const greatest = new Int32Array(inChannels);
  dx.fill(0);
  for (let image = 0, from = 0; image < batchSize; image++) {
    for (let outY = 0; outY < outHeight; outY++) {
      const firstY = Math.max(0, outY * strideHeight - top);
      const endY = Math.min(inHeight, outY * strideHeight - top + filterHeight);
      for (let outX = 0; outX < outWidth; outX++) {
        const firstX = Math.max(0, outX * strideWidth - left);
        const endX = Math.min(inWidth, outX * strideWidth - left + filterWidth);
        const corner = ((image * inHeight + firstY) * inWidth + firstX) * inChannels;
        const cornerEnd = corner + (endY - firstY) * line;
        const run = (endX - firstX) * inChannels;
        for (let channel = 0; channel < inChannels; channel++) greatest[channel] = corner + channel;
        for (let start = corner; start < cornerEnd; start += line) {
          for (let pixel = start; pixel < start + run; pixel += inChannels) {
            for (let channel = 0; channel < inChannels; channel++) {
              // A branch would be guessed wrong every other time: this takes less than half as long.
              const at = pixel + channel;
              const best = greatest[channel];
              greatest[channel] = best + Math.imul(Number(x[at] > x[best]), at - best);
            }
          }
        }
        for (let channel = 0; channel < inChannels; channel++, from++) dx[greatest[channel]] += dy[from];
      }
    }
  }
}
