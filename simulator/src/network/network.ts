import type { BitMatrix } from '../bits/bit-matrix.js';
import { MAX_SHIFT } from './limits.js';
import type { Preparation } from './preparation.js';

/**
 * A network as a list of layers on integer arrays. A layer takes the values of the layer before it, or of those that
 * `from` names. There is no framework and no floating point. A trained model is frozen into a network, a bitstream
 * holds one, and a device runs one.
 */
export interface Network {
  readonly input: NetworkInput;
  readonly layers: readonly Layer[];
}

/** The input: unsigned integers below 2^bits, as a sensor gives them. */
export interface NetworkInput {
  readonly count: number;
  readonly bits: number;
  /** The preparation of recorded examples. If absent, recorded examples already are these integers. */
  readonly preparation?: Preparation;
  /** Per channel, the integer that stands for 0. The first layer subtracts it. If absent, 0. */
  readonly zeroPoints?: Int32Array;
}

/** The shape of values that are stored row by row, with the channels of one position together. A line has height 1. */
export type PictureShape = readonly [height: number, width: number, channels: number];

/** The largest magnitude of an integer weight. */
export const LARGEST_WEIGHT = 127;
/** The largest zero point, which is stored as a byte. */
export const LARGEST_ZERO_POINT = 255;

/** Rows of integers from -127 to 127: 8-bit weights, which stay real in training. */
export interface IntegerMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Int8Array;
}

export type Weights = BitMatrix | IntegerMatrix;

export const isBinary = (weights: Weights): weights is BitMatrix => 'words' in weights;

interface HasSource {
  /** The layer whose values it takes, or -1 for the input. If absent, the layer before. */
  readonly from?: number;
}

/**
 * A layer with weights: S = sum over inputs of w * v, then the activation. Of binary weights, bit 1 is +1 and bit 0 is
 * -1.
 */
interface Weighted extends HasSource {
  /** How v follows from the value. `unsigned`: v is the value. `bipolar`: bit 1 is +1, bit 0 is -1. */
  readonly inputEncoding: InputEncoding;
  readonly activation: Activation;
}

export interface DenseLayer extends Weighted {
  readonly kind: 'dense';
  readonly inputs: number;
  readonly outputs: number;
  /** The weights: outputs x inputs. */
  readonly weights: Weights;
}

/**
 * A convolution: windows of `size`, `stride` apart. The first one starts `padding` before the picture. Positions
 * outside the picture count 0.
 */
export interface ConvolutionLayer extends Weighted {
  readonly kind: 'convolution';
  readonly inputShape: PictureShape;
  readonly outputShape: PictureShape;
  readonly size: readonly [height: number, width: number];
  readonly stride: readonly [height: number, width: number];
  readonly padding: readonly [top: number, left: number];
  /** The weights: output channels x (height x width x input channels of a window, row by row). */
  readonly weights: Weights;
}

/**
 * A pool: the sum, or the largest (in some channels the smallest) value of each window. Windows are inside the picture.
 */
export interface PoolLayer extends HasSource {
  readonly kind: 'pool';
  readonly operation: 'sum' | 'extreme';
  /** Per channel, 1 if the smallest value is taken. A maximum before a falling function is a minimum after it. */
  readonly takesMinimum?: Uint8Array;
  readonly inputShape: PictureShape;
  readonly outputShape: PictureShape;
  readonly size: readonly [height: number, width: number];
  readonly stride: readonly [height: number, width: number];
}

/** An addition of two layers' values, element by element. */
export interface AddLayer {
  readonly kind: 'add';
  readonly from: readonly [number, number];
  readonly inputShape: PictureShape;
}

/** An activation without weights before it. */
export interface ActivationLayer extends HasSource {
  readonly kind: 'activation';
  readonly inputShape: PictureShape;
  readonly activation: Activation;
}

/**
 * A thermometer: the bits (value >= threshold) of every value of the input, with several thresholds a channel. It is
 * the first layer. Bit l of channel c is channel c * levels + l of its values.
 */
export interface ThermometerLayer extends HasSource {
  readonly kind: 'thermometer';
  readonly inputShape: PictureShape;
  /** The thresholds, 0 to 2^bits - 1: those of the first channel, then those of the next. None is inverted. */
  readonly activation: ThresholdActivation;
}

/**
 * Logic: learnt tables over learnt wires. Output o is bit (sum over pins p of x[wires[o * tableInputs + p]] * 2^p) of row
 * o of `masks`. Its inputs are bits, and so are its values.
 */
export interface LogicLayer extends HasSource {
  readonly kind: 'logic';
  readonly inputShape: PictureShape;
  /** The tables, in order. Those that a pool sums up for each class have the classes as channels. */
  readonly outputShape: PictureShape;
  /** The pins of every table, from 2 to 6. */
  readonly tableInputs: number;
  /** Per table and pin, a position in the values of the source. The pins of a table may share one. */
  readonly wires: Uint32Array;
  /** Per table, the outputs for all values of its pins: outputs x 2^tableInputs. */
  readonly masks: BitMatrix;
}

/** The smallest and the largest number of pins that a table of a logic layer has. */
export const SMALLEST_TABLE_INPUTS = 2;
export const LARGEST_TABLE_INPUTS = 6;

export type Layer =
  DenseLayer | ConvolutionLayer | PoolLayer | AddLayer | ActivationLayer | ThermometerLayer | LogicLayer;

export type InputEncoding = 'unsigned' | 'bipolar';

/** The function from a sum to a value. Its constants are per channel; in a dense layer, per neuron. */
export type Activation = ThresholdActivation | RequantizeActivation | IntegerActivation;

/** The bit (value >= threshold), inverted in the channels whose `inverted` is 1. */
export interface ThresholdActivation {
  readonly kind: 'threshold';
  readonly thresholds: Int32Array;
  readonly inverted?: Uint8Array;
}

/** (value * multiplier + offset) >> shift, clamped to minimum..maximum. No intermediate result exceeds 32 bits. */
export interface RequantizeActivation {
  readonly kind: 'requantize';
  readonly multipliers: Int32Array;
  readonly offsets: Int32Array;
  readonly shift: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** value * 2^shift + offset. The class is the position of the largest output, the lowest one on a tie. */
export interface IntegerActivation {
  readonly kind: 'integer';
  readonly shift: number;
  readonly offsets: Int32Array;
}

/**
 * The largest shift of an integer activation. It is one less than the circuit's, where bipolar inputs need one more.
 */
export const MAX_INTEGER_SHIFT = MAX_SHIFT - 1;

export const valuesIn = ([height, width, channels]: PictureShape): number => height * width * channels;

/** Gives the shape of a layer's values; those of a dense layer have one position. */
export function outputShapeOf(layer: Layer): PictureShape {
  switch (layer.kind) {
    case 'dense':
      return [1, 1, layer.outputs];
    case 'convolution':
    case 'pool':
    case 'logic':
      return layer.outputShape;
    case 'add':
    case 'activation':
      return layer.inputShape;
    case 'thermometer':
      return [layer.inputShape[0], layer.inputShape[1], layer.activation.thresholds.length];
  }
}

/** Gives the number of bits that a thermometer makes of a value. */
export const levelsOf = ({ inputShape, activation }: ThermometerLayer): number =>
  activation.thresholds.length / inputShape[2];

/** Gives the number of a layer's values. */
export const outputsOf = (layer: Layer): number => valuesIn(outputShapeOf(layer));

/** Gives the number of values that a layer takes from each of its sources. */
export const inputsOf = (layer: Layer): number => (layer.kind === 'dense' ? layer.inputs : valuesIn(layer.inputShape));

/** Tells whether the values of a layer are bits whatever its constants are, so that they are stored as bits. */
export const givesBits = (layer: Layer): boolean =>
  layer.kind === 'logic' || ('activation' in layer && layer.activation.kind === 'threshold');

/** Lists the sources of the layer at this index: layers, or -1 for the input. */
export function sourcesOf(layer: Layer, index: number): readonly number[] {
  if (layer.kind === 'add') return layer.from;
  return [layer.from ?? index - 1];
}
