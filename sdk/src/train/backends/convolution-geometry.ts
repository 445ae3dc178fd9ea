import type { Tensorflow } from './tensorflow.js';

export type Shape4D = [number, number, number, number];
type Padding = number | 'valid' | 'same';

/** Sizes, strides and padding of one convolution. */
export interface Geometry {
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

/** Computes the geometry of images x [batch, height, width, channels] under a filter [height, width, in, out]. */
export function geometryOf(tf: Tensorflow, x: number[], filter: number[], strides: unknown, pad: unknown): Geometry {
  const info = tf.backend_util.computeConv2DInfo(
    x as Shape4D,
    filter as Shape4D,
    strides as number | [number, number],
    1,
    pad as Padding,
  );
  const { inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, filterHeight, filterWidth } = info;
  const { strideHeight, strideWidth, padInfo } = info;
  return {
    inHeight,
    inWidth,
    inChannels,
    outHeight,
    outWidth,
    outChannels,
    filterHeight,
    filterWidth,
    strideHeight,
    strideWidth,
    top: padInfo.top,
    left: padInfo.left,
  };
}
