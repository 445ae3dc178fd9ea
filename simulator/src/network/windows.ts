/** Windows over a picture: convolution and pooling of integers, in plain loops. */
import type { ConvolutionLayer, PoolLayer } from './network.js';

/** Computes the weighted sum of every row. */
export function weigh(
  weights: readonly Int8Array[],
  values: Int32Array,
  sums = new Int32Array(weights.length),
): Int32Array {
  weights.forEach((row, output) => {
    let sum = 0;
    for (let input = 0; input < row.length; input++) sum += row[input] * values[input];
    sums[output] = sum;
  });
  return sums;
}

/** Computes the weighted sums of every window. Positions outside the picture are 0. */
export function weighEveryWindow(
  layer: ConvolutionLayer,
  weights: readonly Int8Array[],
  values: Int32Array,
): Int32Array {
  const [height, width, channels] = layer.outputShape;
  const sums = new Int32Array(height * width * channels);
  for (let place = 0; place < height * width; place++) {
    const window = windowAt(layer, Math.floor(place / width), place % width, values);
    weigh(weights, window, sums.subarray(place * channels, (place + 1) * channels));
  }
  return sums;
}

/** Gathers one window of a convolution, row by row; 0 outside the picture. */
export function windowAt(
  { inputShape, size, stride, padding }: ConvolutionLayer,
  outY: number,
  outX: number,
  values: Int32Array,
): Int32Array {
  const [inHeight, inWidth, channels] = inputShape;
  const [height, width] = size;
  const window = new Int32Array(height * width * channels);
  for (let tap = 0; tap < height * width; tap++) {
    const y = outY * stride[0] - padding[0] + Math.floor(tap / width);
    const x = outX * stride[1] - padding[1] + (tap % width);
    if (y < 0 || y >= inHeight || x < 0 || x >= inWidth) continue;
    const start = (y * inWidth + x) * channels;
    window.set(values.subarray(start, start + channels), tap * channels);
  }
  return window;
}

/** Computes the sum, the largest or the smallest value of every window, by channel. */
export function poolValues(
  { operation, takesMinimum, inputShape, outputShape, size, stride }: PoolLayer,
  values: Int32Array,
): Int32Array {
  const [, inWidth, channels] = inputShape;
  const [outHeight, outWidth] = outputShape;
  const result = new Int32Array(outHeight * outWidth * channels);
  for (let index = 0; index < result.length; index++) {
    const channel = index % channels;
    const outX = Math.floor(index / channels) % outWidth;
    const outY = Math.floor(index / channels / outWidth);
    let combined: number | undefined;
    for (let y = outY * stride[0]; y < outY * stride[0] + size[0]; y++) {
      for (let x = outX * stride[1]; x < outX * stride[1] + size[1]; x++) {
        const value = values[(y * inWidth + x) * channels + channel];
        if (combined === undefined) combined = value;
        else if (operation === 'sum') combined += value;
        else combined = takesMinimum?.[channel] === 1 ? Math.min(combined, value) : Math.max(combined, value);
      }
    }
    result[index] = combined ?? 0;
  }
  return result;
}
