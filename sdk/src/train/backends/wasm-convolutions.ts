/**
 * The two gradients of a convolution for the wasm backend (TensorFlow.js 4.22), which has none for the filter and a
 * scalar loop (1.6 GFLOP/s) for the input. Both become products that XNNPACK is fast at. Layout NHWC, no dilation.
 *
 * With y[p, o] = sum over f, c of x[p * stride + f - pad, c] * w[f, c, o]:
 *
 * * dw[f, c, o] = sum over p of x[p * stride + f - pad, c] * dy[p, o], which is a matrix product: dy, transposed, times
 *   columns (one row for each p, one column for each (f, c); "im2col"). It gives dw transposed, but dy is several times
 *   smaller than the columns, and transposing is slow.
 * * dx[q, c] = sum over f, o of dy[(q + pad - f) / stride, o] * w[f, c, o], which is a convolution of stride 1: of dy,
 *   spread out with stride - 1 zeros between its pixels, with the filter turned by half a turn and its channels swapped.
 */
import type { DataId, KernelConfig, KernelFunc, TensorInfo } from '@tensorflow/tfjs';
import type { Tensorflow } from './tensorflow.js';
import type { WasmHeap } from './wasm-heap.js';

/** A batch is worked through in parts whose columns take at most this many numbers (16 MiB). */
const columnsAtOnce = 2 ** 22;

/** What the kernels are made of. */
export interface ConvolutionParts {
  readonly tf: Tensorflow;
  readonly convolve: KernelFunc;
  readonly multiply: KernelFunc;
  readonly transpose: KernelFunc;
}

type Shape4D = [number, number, number, number];
type Padding = number | 'valid' | 'same';

/** Where things are in one convolution. */
interface Geometry {
  readonly inHeight: number;
  readonly inWidth: number;
  readonly inChannels: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly outChannels: number;
  readonly filterHeight: number;
  readonly filterWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly top: number;
  readonly left: number;
}

export function filterGradient(parts: ConvolutionParts): KernelConfig {
  const kernelFunc: KernelFunc = ({ inputs, backend, attrs }) => {
    const wasm = backend as WasmHeap;
    const x = inputs['x'] as TensorInfo;
    const dy = inputs['dy'] as TensorInfo;
    const filterShape = attrs?.['filterShape'] as Shape4D;
    const geometry = geometryOf(parts.tf, x.shape, filterShape, attrs?.['strides'], attrs?.['pad']);
    const { inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = geometry;
    const batch = x.shape[0];
    const positions = outHeight * outWidth;
    const columns = geometry.filterHeight * geometry.filterWidth * inChannels;
    const imagesAtOnce = Math.max(1, Math.floor(columnsAtOnce / (positions * columns)));
    const result = wasm.makeOutput(filterShape, 'float32');
    wasm.typedArrayFromHeap(result).fill(0);
    for (let start = 0; start < batch; start += imagesAtOnce) {
      const images = Math.min(imagesAtOnce, batch - start);
      const matrix = wasm.makeOutput([images * positions, columns], 'float32');
      const gradient = wasm.makeOutput([images * positions, outChannels], 'float32');
      // Views are taken after the allocations: growing the heap detaches older ones.
      const width = inHeight * inWidth * inChannels;
      const part = wasm.typedArrayFromHeap(x).subarray(start * width, (start + images) * width);
      imageToColumns(geometry, part, wasm.typedArrayFromHeap(matrix), images);
      const row = positions * outChannels;
      wasm.typedArrayFromHeap(gradient).set(wasm.typedArrayFromHeap(dy).subarray(start * row, (start + images) * row));
      const turned = parts.transpose({ inputs: { x: gradient }, backend, attrs: { perm: [1, 0] } }) as TensorInfo;
      const a = { ...turned, shape: [1, outChannels, images * positions] };
      const b = { ...matrix, shape: [1, images * positions, columns] };
      const straight = { transposeA: false, transposeB: false };
      const product = parts.multiply({ inputs: { a, b }, backend, attrs: straight }) as TensorInfo;
      addTransposed(wasm.typedArrayFromHeap(result), wasm.typedArrayFromHeap(product), outChannels);
      dispose(wasm, [matrix, gradient, turned, product]);
    }
    return result;
  };
  return { kernelName: 'Conv2DBackpropFilter', backendName: 'wasm', kernelFunc };
}

export function inputGradient(parts: ConvolutionParts): KernelConfig {
  const kernelFunc: KernelFunc = ({ inputs, backend, attrs }) => {
    const wasm = backend as WasmHeap;
    const dy = inputs['dy'] as TensorInfo;
    const filter = inputs['filter'] as TensorInfo;
    const inputShape = attrs?.['inputShape'] as Shape4D;
    const geometry = geometryOf(parts.tf, inputShape, filter.shape, attrs?.['strides'], attrs?.['pad']);
    const { filterHeight, filterWidth, top, left, inHeight, inWidth } = geometry;
    const spread = spreadOut(wasm, geometry, dy);
    const turned = turnFilter(wasm, geometry, filter);
    const above = filterHeight - 1 - top;
    const before = filterWidth - 1 - left;
    const below = inHeight + filterHeight - 1 - spread.shape[1] - above;
    const after = inWidth + filterWidth - 1 - spread.shape[2] - before;
    const pad = [
      [0, 0],
      [above, below],
      [before, after],
      [0, 0],
    ];
    const settings = { strides: 1, dilations: 1, dataFormat: 'NHWC', pad };
    const result = parts.convolve({ inputs: { x: spread, filter: turned }, backend, attrs: settings }) as TensorInfo;
    dispose(wasm, spread.dataId === dy.dataId ? [turned] : [spread, turned]);
    return result;
  };
  return { kernelName: 'Conv2DBackpropInput', backendName: 'wasm', kernelFunc };
}

function geometryOf(tf: Tensorflow, x: number[], filter: number[], strides: unknown, pad: unknown): Geometry {
  const info = tf.backend_util.computeConv2DInfo(
    x as Shape4D,
    filter as Shape4D,
    strides as number | [number, number],
    1,
    pad as Padding,
  );
  return { ...info, top: info.padInfo.top, left: info.padInfo.left };
}

/** One row for each output position of each image, with the input values that it saw; padding is 0. */
function imageToColumns(geometry: Geometry, from: Float32Array, to: Float32Array, images: number): void {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, filterHeight, filterWidth, top, left } = geometry;
  const run = filterWidth * inChannels;
  to.fill(0);
  for (let image = 0, row = 0; image < images; image++) {
    for (let outY = 0; outY < outHeight; outY++) {
      for (let outX = 0; outX < outWidth; outX++, row += filterHeight * run) {
        const x = outX * geometry.strideWidth - left;
        const first = Math.max(0, -x);
        const length = (Math.min(filterWidth, inWidth - x) - first) * inChannels;
        for (let filterY = 0; filterY < filterHeight; filterY++) {
          const y = outY * geometry.strideHeight - top + filterY;
          if (y < 0 || y >= inHeight) continue;
          const source = ((image * inHeight + y) * inWidth + x + first) * inChannels;
          const target = row + filterY * run + first * inChannels;
          for (let index = 0; index < length; index++) to[target + index] = from[source + index];
        }
      }
    }
  }
}

/** dy with stride - 1 zeros between its pixels; dy itself at stride 1. */
function spreadOut(wasm: WasmHeap, geometry: Geometry, dy: TensorInfo): TensorInfo {
  const { strideHeight, strideWidth, outHeight, outWidth, outChannels } = geometry;
  if (strideHeight === 1 && strideWidth === 1) return dy;
  const height = (outHeight - 1) * strideHeight + 1;
  const width = (outWidth - 1) * strideWidth + 1;
  const spread = wasm.makeOutput([dy.shape[0], height, width, outChannels], 'float32');
  const from = wasm.typedArrayFromHeap(dy);
  const to = wasm.typedArrayFromHeap(spread);
  to.fill(0);
  for (let image = 0, source = 0; image < dy.shape[0]; image++) {
    for (let y = 0; y < outHeight; y++) {
      for (let x = 0; x < outWidth; x++, source += outChannels) {
        const target = ((image * height + y * strideHeight) * width + x * strideWidth) * outChannels;
        for (let channel = 0; channel < outChannels; channel++) to[target + channel] = from[source + channel];
      }
    }
  }
  return spread;
}

/** The filter turned by half a turn, [height, width, out, in]. */
function turnFilter(wasm: WasmHeap, geometry: Geometry, filter: TensorInfo): TensorInfo {
  const { filterHeight, filterWidth, inChannels, outChannels } = geometry;
  const turned = wasm.makeOutput([filterHeight, filterWidth, outChannels, inChannels], 'float32');
  const from = wasm.typedArrayFromHeap(filter);
  const to = wasm.typedArrayFromHeap(turned);
  const taps = filterHeight * filterWidth;
  for (let tap = 0; tap < taps; tap++) {
    const source = tap * inChannels * outChannels;
    const target = (taps - 1 - tap) * inChannels * outChannels;
    for (let input = 0; input < inChannels; input++) {
      for (let output = 0; output < outChannels; output++) {
        to[target + output * inChannels + input] = from[source + input * outChannels + output];
      }
    }
  }
  return turned;
}

/** Adds [rows, columns] to a sum that is stored [columns, rows]. */
function addTransposed(sum: Float32Array, values: Float32Array, rows: number): void {
  const columns = values.length / rows;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) sum[column * rows + row] += values[row * columns + column];
  }
}

function dispose(wasm: WasmHeap, tensors: readonly { readonly dataId: DataId }[]): void {
  tensors.forEach(({ dataId }) => wasm.disposeData(dataId));
}
