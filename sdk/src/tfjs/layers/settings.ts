import { ModelError } from '@adiabit/simulator/errors';
import { type ActivationName, isActivation } from '../../train/network/activations.js';
import type { Padding } from '../../train/network/layer-specs.js';

/** An activation of the method, or one that stays as it is: `linear` and `softmax`. */
export type LayerActivation = Exclude<ActivationName, 'none'> | 'linear' | 'softmax';

/** What every adiabatic layer knows. It is saved with the model, so all of it is plain JSON. */
export interface LayerSettings {
  readonly activation: LayerActivation;
  /** Training beyond this sharpness goes on with the gradient of the activation at this one. If absent, the true one. */
  readonly gradientSharpness?: number;
}

/** What an adiabatic layer with weights knows besides. */
export interface WeightSettings extends LayerSettings {
  /** Whether the weights become signs, with one trained scale. */
  readonly binaryWeights: boolean;
  readonly useBias: boolean;
  /** What k is multiplied by for these weights. */
  readonly ownSharpness: number;
}

export interface DenseSettings extends WeightSettings {
  readonly units: number;
}

export interface ConvolutionSettings extends WeightSettings {
  readonly filters: number;
  /** One number an axis, as `strides`. */
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly padding: Padding;
}

/** Arguments of a layer's constructor: those of ours beside those of every layer. */
export type LayerArguments = Readonly<Record<string, unknown>>;

/** Reads the settings of a layer from what it was made with, or was saved as. @throws ModelError naming the layer */
export function readLayerSettings(args: LayerArguments): LayerSettings {
  const { activation = 'linear', gradientSharpness } = args;
  if (!isLayerActivation(activation)) {
    throw badArgument(args, `there is no activation ${JSON.stringify(activation)}: ${ACTIVATIONS} are known`);
  }
  if (gradientSharpness === undefined || gradientSharpness === null) return { activation };
  return { activation, gradientSharpness: positive(args, 'gradientSharpness') };
}

/** Reads those of a dense layer. @throws ModelError naming the layer */
export function readDenseSettings(args: LayerArguments): DenseSettings {
  return { ...readWeightSettings(args), units: positive(args, 'units') };
}

/** Reads those of a convolution along some axes. @throws ModelError naming the layer */
export function readConvolutionSettings(args: LayerArguments, axes: number): ConvolutionSettings {
  const { padding = 'valid' } = args;
  if (padding !== 'valid' && padding !== 'same') {
    throw badArgument(args, `padding must be "valid" or "same", not ${JSON.stringify(padding)}`);
  }
  return {
    ...readWeightSettings(args),
    filters: positive(args, 'filters'),
    kernelSize: alongAxes(args['kernelSize'], axes),
    strides: alongAxes(args['strides'] ?? 1, axes),
    padding,
  };
}

/** Returns a size for every axis: one number is that of all. */
export function alongAxes(size: unknown, axes: number): readonly number[] {
  return Array.isArray(size) ? size.map(Number) : Array<number>(axes).fill(Number(size));
}

function readWeightSettings(args: LayerArguments): WeightSettings {
  const { binaryWeights = true, useBias = true, ownSharpness } = args;
  return {
    ...readLayerSettings(args),
    binaryWeights: binaryWeights === true,
    useBias: useBias === true,
    ownSharpness: ownSharpness === undefined ? 1 : positive(args, 'ownSharpness'),
  };
}

const ACTIVATIONS = 'tanh, rectified-tanh, sigmoid, hard-tanh, clipped-linear, relu, linear and softmax';

function isLayerActivation(name: unknown): name is LayerActivation {
  return name === 'linear' || name === 'softmax' || isActivation(name);
}

function positive(args: LayerArguments, name: string): number {
  const value = args[name];
  if (typeof value === 'number' && value > 0 && Number.isFinite(value)) return value;
  throw badArgument(args, `${name} must be positive, not ${JSON.stringify(value)}`);
}

function badArgument({ name }: LayerArguments, what: string): ModelError {
  const layer = typeof name === 'string' ? `Layer "${name}"` : 'An adiabatic layer';
  return new ModelError('bad-value', `${layer}: ${what}.`);
}
