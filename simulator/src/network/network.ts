import type { BitMatrix } from '../bits/bit-matrix.js';
import { MAX_SHIFT } from './limits.js';
import type { Preparation } from './preparation.js';

/**
 * A network as a list of layers on arrays of integers, each taking what the one before it gives, or what `from` names. No
 * framework, no floating point: what a trained model is, what a bitstream holds, and what a device runs.
 */
export interface Network {
  readonly input: NetworkInput;
  readonly layers: readonly Layer[];
}

/** Inputs are unsigned integers below 2^bits: what a sensor gives. */
export interface NetworkInput {
  readonly count: number;
  readonly bits: number;
  /** How a recorded example becomes the values that the first layer takes. If absent, it is them. */
  readonly preparation?: Preparation;
  /** Per channel the integer that stands for 0, which the first layer subtracts; absent: 0. */
  readonly zeroPoints?: Int32Array;
}

/** Values are stored row by row, the channels of one place together. A line has height 1. */
export type PictureShape = readonly [height: number, width: number, channels: number];

/** Of integer weights, without sign. */
export const LARGEST_WEIGHT = 127;
/** Zero points travel as bytes. */
export const LARGEST_ZERO_POINT = 255;

/** Rows of integers from -127 to 127: weights that stay real in training, as 8 bits. */
export interface IntegerMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Int8Array;
}

export type Weights = BitMatrix | IntegerMatrix;

export const isBinary = (weights: Weights): weights is BitMatrix => 'words' in weights;

interface HasSource {
  /** The layer whose values it takes, -1 for the input; absent: the one before. */
  readonly from?: number;
}

/** S = sum over inputs of w * v, then the activation. Binary weights are bits, where 1 is +1 and 0 is -1. */
interface Weighted extends HasSource {
  /** `unsigned`: v is the value as it is; `bipolar`: bit 1 is +1, bit 0 is -1. */
  readonly inputEncoding: InputEncoding;
  readonly activation: Activation;
}

export interface DenseLayer extends Weighted {
  readonly kind: 'dense';
  readonly inputs: number;
  readonly outputs: number;
  /** outputs x inputs. */
  readonly weights: Weights;
}

/** Windows of `size` every `stride`, the first one `padding` before the picture; what lies outside counts nothing. */
export interface ConvolutionLayer extends Weighted {
  readonly kind: 'convolution';
  readonly inputShape: PictureShape;
  readonly outputShape: PictureShape;
  readonly size: readonly [height: number, width: number];
  readonly stride: readonly [height: number, width: number];
  readonly padding: readonly [top: number, left: number];
  /** Output channels x (height x width x input channels of a window, row by row). */
  readonly weights: Weights;
}

/** The sum, or the largest (in some channels the smallest) value of every window; windows lie inside the picture. */
export interface PoolLayer extends HasSource {
  readonly kind: 'pool';
  readonly operation: 'sum' | 'extreme';
  /** Per channel 1 where an extreme is the smallest: a maximum before a falling function is a minimum after it. */
  readonly takesMinimum?: Uint8Array;
  readonly inputShape: PictureShape;
  readonly outputShape: PictureShape;
  readonly size: readonly [height: number, width: number];
  readonly stride: readonly [height: number, width: number];
}

/** The sums of two layers' values, one by one. */
export interface AddLayer {
  readonly kind: 'add';
  readonly from: readonly [number, number];
  readonly inputShape: PictureShape;
}

/** An activation of values that no weights come before. */
export interface ActivationLayer extends HasSource {
  readonly kind: 'activation';
  readonly inputShape: PictureShape;
  readonly activation: Activation;
}

export type Layer = DenseLayer | ConvolutionLayer | PoolLayer | AddLayer | ActivationLayer;

export type InputEncoding = 'unsigned' | 'bipolar';

/** What becomes of a value; constants are per channel, of a dense layer per neuron. */
export type Activation = ThresholdActivation | RequantizeActivation | IntegerActivation;

/** The bit (value >= threshold), inverted in channels whose `inverted` is 1. */
export interface ThresholdActivation {
  readonly kind: 'threshold';
  readonly thresholds: Int32Array;
  readonly inverted?: Uint8Array;
}

/** (value * multiplier + offset) >> shift, held within minimum and maximum; nothing on the way exceeds 32 bits. */
export interface RequantizeActivation {
  readonly kind: 'requantize';
  readonly multipliers: Int32Array;
  readonly offsets: Int32Array;
  readonly shift: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** value * 2^shift + offset. The class is the largest output, the lowest one on a tie. */
export interface IntegerActivation {
  readonly kind: 'integer';
  readonly shift: number;
  readonly offsets: Int32Array;
}

/** Of an integer activation; one less than the circuit's, because bipolar inputs cost one more shift there. */
export const MAX_INTEGER_SHIFT = MAX_SHIFT - 1;

export const valuesIn = ([height, width, channels]: PictureShape): number => height * width * channels;

/** The shape of what a layer gives; a dense layer gives one place. */
export function outputShapeOf(layer: Layer): PictureShape {
  switch (layer.kind) {
    case 'dense':
      return [1, 1, layer.outputs];
    case 'convolution':
    case 'pool':
      return layer.outputShape;
    case 'add':
    case 'activation':
      return layer.inputShape;
  }
}

/** How many values a layer gives. */
export const outputsOf = (layer: Layer): number => valuesIn(outputShapeOf(layer));

/** How many values a layer takes from each of its sources. */
export const inputsOf = (layer: Layer): number => (layer.kind === 'dense' ? layer.inputs : valuesIn(layer.inputShape));

/** Where a layer at this index takes its values from: layers, or -1 for the input. */
export function sourcesOf(layer: Layer, index: number): readonly number[] {
  if (layer.kind === 'add') return layer.from;
  return [layer.from ?? index - 1];
}
