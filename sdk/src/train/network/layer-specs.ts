import type { BinarizationMode } from './mode.js';
import type { ActivationName } from './activations.js';

/** Exceptions to the mode: where this part stays real although the mode would binarize it. */
interface Binarizable {
  readonly realIn?: readonly BinarizationMode[];
}

/** How fast binary weights harden, and how far they may go. */
interface Hardening {
  /**
   * How many times as sharp as the schedule says the binary weights are. If absent, 1. A last layer of few weights
   * would else stay soft longest, and the layers before it learn to lean on values that it will not have.
   */
  readonly sharpness?: number;
  /**
   * Binary weights are kept where |k w| is at most this, so that they can still turn (see `boundLatents`). If absent,
   * they may lie anywhere.
   */
  readonly latentBound?: number;
}

export interface DenseSpec extends Binarizable, Hardening {
  readonly kind?: 'dense';
  readonly units: number;
  /**
   * The activation when the mode binarizes activations (else it is relu); `none` in the last layer, or for a sum that
   * goes on as it is.
   */
  readonly activation: ActivationName;
  /** Fraction of the activations dropped while training, 0 <= dropout < 1. If absent, 0. */
  readonly dropout?: number;
}

/** Sizes in pictures are [height, width]; one number means both, and along a line its length. */
export type Size = number | readonly [height: number, width: number];

/** `same`: the output is ceil(input / stride) long, padded with 0; `valid`: no padding. */
export type Padding = 'same' | 'valid';

/** A convolution without bias (batch normalisation follows): over a picture, or over a line when the input is one. */
export interface ConvolutionSpec extends Binarizable, Hardening {
  readonly kind: 'convolution';
  readonly filters: number;
  readonly size: Size;
  /** If absent, 1. */
  readonly stride?: Size;
  /** If absent, `same`. */
  readonly padding?: Padding;
}

/** Neither pads: what does not fill a window is left out. */
export interface PoolSpec {
  readonly kind: 'max-pool' | 'average-pool';
  readonly size: Size;
  /** If absent, the size. */
  readonly stride?: Size;
}

/** The mean of each channel. */
export interface GlobalAveragePoolSpec {
  readonly kind: 'global-average-pool';
}

export interface FlattenSpec {
  readonly kind: 'flatten';
}

/**
 * gamma (x - mean) / sqrt(variance + 0.001) + beta in each channel. Mean and variance are the batch's while training
 * and for soft accuracies; in the hard network they are its own over the training set.
 */
export interface BatchNormSpec {
  readonly kind: 'batch-norm';
}

export interface ActivationSpec extends Binarizable {
  readonly kind: 'activation';
  /** When the mode binarizes activations; else it is relu. */
  readonly activation: Exclude<ActivationName, 'none'>;
  /**
   * Training beyond this sharpness goes on with the gradient of the activation at this one, hard activations included.
   * If absent, with the true gradient. Deep networks of binary activations need it to learn on once they are sharp
   * (docs/results/dog-cat.md).
   */
  readonly gradientSharpness?: number;
}

export interface DropoutSpec {
  readonly kind: 'dropout';
  /** Fraction dropped while training, 0 <= rate < 1. */
  readonly rate: number;
}

/** Adds the output of an earlier layer, directly or through a 1 x 1 convolution that brings it to the same shape. */
export interface AddSpec extends Binarizable, Hardening {
  readonly kind: 'add';
  /** The earlier layer, counted from 0. */
  readonly from: number;
  /** If absent, the outputs are added as they are, and nothing hardens. */
  readonly shortcut?: { readonly filters: number; readonly stride: number };
}

/** The samples that bytes of G.711 mu-law stand for, -32,124 to 32,124. First layer only. */
export interface MuLawSpec {
  readonly kind: 'mu-law';
}

/** Each example less its mean, divided by its standard deviation. */
export interface StandardizeSpec {
  readonly kind: 'standardize';
}

/** (x - mean) / deviation in each channel: fixed numbers, as `channelStatistics` gives them. */
export interface NormalizeSpec {
  readonly kind: 'normalize';
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/**
 * The bits (value >= threshold) of every input value, `levels` a channel: the first layer, of a network with divisor 1.
 * Bit l of channel c is channel c * levels + l. Plain values are a channel each. With `levels` alone the thresholds are
 * learnt from the training examples (`withLearntThresholds`).
 */
export type ThermometerSpec =
  | { readonly kind: 'thermometer'; readonly levels: number; readonly thresholds?: undefined }
  | {
      readonly kind: 'thermometer';
      readonly levels?: undefined;
      /** By channel, integers in ascending order from 1 to the largest value; as many for all. */
      readonly thresholds: readonly (readonly number[])[];
    };

/**
 * Tables of a few bits whose entries and wires are learnt: at the end a table is the 2^tableInputs bits of its entries,
 * and each of its inputs is wired to one bit of the layer before. That is a thermometer, tables, or the input itself when
 * it has one bit. What follows is a layer of tables, or the sums of groups.
 */
export interface LogicSpec {
  readonly kind: 'logic';
  readonly tables: number;
  /** 2 to 6. */
  readonly tableInputs: number;
  /** How many bits each input of a table chooses between at a time. If absent, 16. */
  readonly candidates?: number;
  /** What the learning rate is multiplied by for wires. If absent, 1. */
  readonly wireRate?: number;
}

/** In each class the number of tables that are 1, over the temperature; table i is of class i modulo classes. */
export interface GroupSumSpec {
  readonly kind: 'group-sum';
  readonly classes: number;
  readonly temperature: number;
}

export type LayerSpec =
  | DenseSpec
  | ConvolutionSpec
  | PoolSpec
  | GlobalAveragePoolSpec
  | FlattenSpec
  | BatchNormSpec
  | ActivationSpec
  | DropoutSpec
  | AddSpec
  | MuLawSpec
  | StandardizeSpec
  | NormalizeSpec
  | ThermometerSpec
  | LogicSpec
  | GroupSumSpec;

/** A network as data. It sees x / divisor for unsigned integers x below 2^inputBits. */
export interface NetworkSpec {
  readonly name: string;
  readonly inputs: number;
  /** [height, width, channels] of a picture, [length, channels] of a line. If absent, the inputs are plain values. */
  readonly inputShape?: readonly number[];
  /** 1 to 8: examples are bytes. */
  readonly inputBits: number;
  readonly divisor: number;
  readonly layers: readonly LayerSpec[];
  readonly mode: BinarizationMode;
}
