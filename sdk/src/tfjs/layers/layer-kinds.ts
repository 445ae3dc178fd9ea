import type { Shape, Tensor, Tensor3D, Tensor4D } from '@tensorflow/tfjs';
import type { Tensorflow } from '../whole-library.js';
import { positionsAlong } from '../../train/network/layers.js';
import type { AdiabaticClassName } from './adiabatic-layer.js';
import {
  type ConvolutionSettings,
  type DenseSettings,
  type LayerArguments,
  type LayerSettings,
  readConvolutionSettings,
  readDenseSettings,
  readLayerSettings,
  type WeightSettings,
} from './settings.js';

/** What tells one kind of adiabatic layer from the others. */
export interface LayerKind<Settings extends LayerSettings> {
  readonly className: AdiabaticClassName;
  readonly read: (args: LayerArguments) => Settings;
  readonly outputShape: (settings: Settings, inputShape: Shape) => Shape;
  /** If absent, the layer is an activation. */
  readonly weights?: Weighing<Settings & WeightSettings>;
}

/** A weighted sum. */
interface Weighing<Settings> {
  readonly kernelShape: (settings: Settings, inputShape: Shape) => number[];
  readonly weigh: (tf: Tensorflow, settings: Settings, values: Tensor, kernel: Tensor) => Tensor;
}

export const activationKind: LayerKind<LayerSettings> = {
  className: 'AdiabitActivation',
  read: readLayerSettings,
  outputShape: (_, inputShape) => inputShape,
};

export const denseKind: LayerKind<DenseSettings> = {
  className: 'AdiabitDense',
  read: readDenseSettings,
  outputShape: ({ units }, inputShape) => [...inputShape.slice(0, -1), units],
  weights: {
    kernelShape: ({ units }, inputShape) => [inputShape.at(-1) ?? 0, units],
    weigh: (tf, _, values, kernel) => tf.matMul(values, kernel),
  },
};

export const conv1dKind: LayerKind<ConvolutionSettings> = {
  className: 'AdiabitConv1D',
  read: (args) => readConvolutionSettings(args, 1),
  outputShape: windowsOver,
  weights: {
    kernelShape: windowShape,
    weigh: (tf, { strides, padding }, values, kernel) =>
      tf.conv1d(values as Tensor3D, kernel as Tensor3D, strides[0], padding),
  },
};

export const conv2dKind: LayerKind<ConvolutionSettings> = {
  className: 'AdiabitConv2D',
  read: (args) => readConvolutionSettings(args, 2),
  outputShape: windowsOver,
  weights: {
    kernelShape: windowShape,
    weigh: (tf, { strides: [height, width], padding }, values, kernel) =>
      tf.conv2d(values as Tensor4D, kernel as Tensor4D, [height, width], padding),
  },
};

function windowShape({ kernelSize, filters }: ConvolutionSettings, inputShape: Shape): number[] {
  return [...kernelSize, inputShape.at(-1) ?? 0, filters];
}

function windowsOver({ kernelSize, strides, padding, filters }: ConvolutionSettings, inputShape: Shape): Shape {
  const [batch, ...lengths] = inputShape.slice(0, -1);
  const positions = lengths.map((length, axis) =>
    length === null ? null : positionsAlong(length, kernelSize[axis], strides[axis], padding),
  );
  return [batch, ...positions, filters];
}
