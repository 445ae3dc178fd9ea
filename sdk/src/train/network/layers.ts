import type { Padding } from './layer-specs.js';
import type { ActivationName } from './activations.js';

/** The shape of one example between two layers: [values], or [height, width, channels]; a line has height 1. */
export type Shape = readonly [number] | readonly [height: number, width: number, channels: number];

export type Pair = readonly [height: number, width: number];

/** What every layer has, with the mode applied. */
interface LayerBase {
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  /** Values in an example before and after the layer: the products of the shapes. */
  readonly inputs: number;
  readonly outputs: number;
  /** Fraction of the outputs dropped while training. */
  readonly dropout: number;
}

/** A layer with a kernel. */
interface Weighted {
  readonly binaryWeights: boolean;
  /** Half the width of the initial kernel's uniform distribution. */
  readonly initialBound: number;
  /** What the weighted sum is divided by: the network's divisor in the first weighted layer, 1 after it. */
  readonly divisor: number;
  /** What the schedule's k is multiplied by for these weights. */
  readonly sharpness: number;
  /** Largest |k w| of a binary weight while training; Infinity for none. */
  readonly latentBound: number;
}

export interface DenseLayer extends LayerBase, Weighted {
  readonly kind: 'dense';
  readonly activation: ActivationName;
  readonly binaryActivation: boolean;
}

export interface ConvolutionLayer extends LayerBase, Weighted {
  readonly kind: 'convolution';
  readonly size: Pair;
  readonly stride: Pair;
  readonly padding: Padding;
}

export interface PoolLayer extends LayerBase {
  readonly kind: 'max-pool' | 'average-pool';
  readonly size: Pair;
  readonly stride: Pair;
}

export interface ActivationLayer extends LayerBase {
  readonly kind: 'activation';
  readonly activation: ActivationName;
  readonly binaryActivation: boolean;
  /** The sharpest function whose gradient is used. If absent, it is always that of the function in use. */
  readonly gradientSharpness?: number;
}

/** The sum with an earlier output; `stride` 0: as it is, without a kernel, else through a 1 x 1 convolution. */
export interface AddLayer extends LayerBase, Weighted {
  readonly kind: 'add';
  readonly from: number;
  readonly fromShape: Shape;
  readonly stride: number;
}

export interface NormalizeLayer extends LayerBase {
  readonly kind: 'normalize';
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

export interface ThermometerLayer extends LayerBase {
  readonly kind: 'thermometer';
  readonly levels: number;
  /** By channel. If absent, they are not learnt yet, and the layer cannot be computed. */
  readonly thresholds?: readonly (readonly number[])[];
}

export interface BatchNormLayer extends LayerBase {
  readonly kind: 'batch-norm';
}

/**
 * Tables whose entries and wires are learnt. Of its parameters the kernel are the entries, [tables, 2^tableInputs],
 * entry e of the pins whose bits e has, pin 0 the lowest; the biases are the logits of the wires, [tables, tableInputs,
 * candidates], and the scales say which input each of them is of.
 */
export interface LogicLayer extends LayerBase {
  readonly kind: 'logic';
  readonly tableInputs: number;
  readonly candidates: number;
  readonly wireRate: number;
}

/** In each class the number of its values that are 1, over the temperature. Value i is of class i modulo classes. */
export interface GroupSumLayer extends LayerBase {
  readonly kind: 'group-sum';
  readonly temperature: number;
}

/** Layers without parameters that are all said by their kind. */
export interface PlainLayer extends LayerBase {
  readonly kind: 'global-average-pool' | 'flatten' | 'dropout' | 'mu-law' | 'standardize';
}

export type Layer =
  | DenseLayer
  | ConvolutionLayer
  | PoolLayer
  | ActivationLayer
  | AddLayer
  | NormalizeLayer
  | ThermometerLayer
  | BatchNormLayer
  | LogicLayer
  | GroupSumLayer
  | PlainLayer;

/** Returns the shape of the kernel as the tensor library takes it; undefined for a layer without one. */
export function kernelShape(layer: Layer): readonly number[] | undefined {
  switch (layer.kind) {
    case 'dense':
      return [layer.inputs, layer.outputs];
    case 'convolution':
      return [...layer.size, channelsOf(layer.inputShape), channelsOf(layer.outputShape)];
    case 'add':
      return layer.stride === 0 ? undefined : [1, 1, channelsOf(layer.fromShape), channelsOf(layer.outputShape)];
    default:
      return undefined;
  }
}

/** Tells whether a network is of learnt tables: all its layers are then computed by `logic/`, without tensors. */
export const isLogic = (layers: readonly { readonly kind: Layer['kind'] }[]): boolean =>
  layers.some(({ kind }) => kind === 'logic');

/** Returns a shape as a picture's: plain values are the channels of one place. */
export function pictureOf(shape: Shape): readonly [height: number, width: number, channels: number] {
  return shape.length === 3 ? shape : [1, 1, shape[0]];
}

/** Returns the thresholds of a thermometer that has learnt them: those of the first channel, then those of the next. */
export function thresholdsOf({ thresholds }: ThermometerLayer): readonly number[] {
  if (thresholds === undefined) throw new TypeError('The thresholds of the thermometer are not learnt yet.');
  return thresholds.flat();
}

/** Channels of a picture or a line; of a plain vector every value is its own. */
export function channelsOf(shape: Shape): number {
  return shape[shape.length - 1] ?? 0;
}

/** Returns at how many places along an axis a window of a size can be, 0 or less where it does not fit. */
export function positionsAlong(length: number, size: number, stride: number, padding: Padding): number {
  return padding === 'same' ? Math.ceil(length / stride) : Math.floor((length - size) / stride) + 1;
}

export function product(values: readonly number[]): number {
  return values.reduce((result, value) => result * value, 1);
}

export function isPositiveInteger(value: number): boolean {
  return Number.isInteger(value) && value > 0;
}
