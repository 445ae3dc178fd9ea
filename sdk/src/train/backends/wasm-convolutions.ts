/**
 * The gradient of a convolution by its input for the wasm backend (TensorFlow.js 4.22), whose own is a scalar loop (1.6
 * GFLOP/s). Layout NHWC, no dilation. With y[p, o] = sum over f, c of x[p * stride + f - pad, c] * w[f, c, o]:
 *
 *     dx[q, c] = sum over f, o of dy[(q + pad - f) / stride, o] * w[f, c, o]
 *
 * which is a convolution of stride 1: of dy, spread out with stride - 1 zeros between its pixels, with the filter
 * turned by half a turn and its channels swapped.
 */
import type { DataId, KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { type Geometry, geometryOf, type Shape4D } from './convolution-geometry.js';
import type { Tensorflow } from './tensorflow.js';
import type { WasmHeap } from './wasm-heap.js';

export function inputGradient(tf: Tensorflow, convolve: KernelFunc): KernelFunc {
  return ({ inputs, backend, attrs }) => {
    const wasm = backend as WasmHeap;
    const dy = inputs['dy'] as TensorInfo;
    const filter = inputs['filter'] as TensorInfo;
    const inputShape = attrs?.['inputShape'] as Shape4D;
    const geometry = geometryOf(tf, inputShape, filter.shape, attrs?.['strides'], attrs?.['pad']);
    const { filterHeight, filterWidth, top, left, inHeight, inWidth } = geometry;
    const spread = dilate(wasm, geometry, dy);
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
    const result = convolve({ inputs: { x: spread, filter: turned }, backend, attrs: settings }) as TensorInfo;
    dispose(wasm, spread.dataId === dy.dataId ? [turned] : [spread, turned]);
    return result;
  };
}

/** Returns dy with stride - 1 zeros between its pixels; dy itself at stride 1. */
function dilate(wasm: WasmHeap, geometry: Geometry, dy: TensorInfo): TensorInfo {
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

/** Returns the filter turned by half a turn, [height, width, out, in]. */
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

function dispose(wasm: WasmHeap, tensors: readonly { readonly dataId: DataId }[]): void {
  tensors.forEach(({ dataId }) => wasm.disposeData(dataId));
}
