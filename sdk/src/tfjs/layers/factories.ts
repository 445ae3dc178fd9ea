import type { Padding } from '../../train/network/layer-specs.js';
import { Random } from '../../random.js';
import { libraryOf } from '../instance.js';
import type { TensorLibrary } from '../library.js';
import { layerClassesOf } from './layer-classes.js';
import type { LayerActivation, LayerArguments } from './settings.js';

/** Seeds of layers are whole numbers below this. */
const MOST_SEEDS = 2 ** 21;

/** What every layer can be told. */
interface CommonArgs {
  readonly name?: string;
  /** Of the first layer: the shape of one example. */
  readonly inputShape?: readonly number[];
  /** If absent, `linear`. */
  readonly activation?: LayerActivation;
  /** Training beyond this sharpness goes on with the gradient of the activation at this one. */
  readonly gradientSharpness?: number;
}

interface WeightArgs extends CommonArgs {
  /** Whether the weights become signs (true), with one trained scale, or stay real. */
  readonly binaryWeights?: boolean;
  /** If absent, true. */
  readonly useBias?: boolean;
  /** What k is multiplied by for these weights (1). */
  readonly ownSharpness?: number;
}

export interface AdiabaticDenseArgs extends WeightArgs {
  readonly units: number;
}

export interface AdiabaticConvolutionArgs extends WeightArgs {
  readonly filters: number;
  readonly kernelSize: number | readonly number[];
  /** If absent, 1. */
  readonly strides?: number | readonly number[];
  /** If absent, `valid`, as in Keras. */
  readonly padding?: Padding;
}

/** What all layers of a maker share. */
export interface AdiabaticLayersOptions {
  /** Of the weights that the layers begin with, in the order in which they are made: same seed, same weights (1). */
  readonly seed?: number;
}

export interface AdiabaticActivationArgs extends CommonArgs {
  readonly activation: LayerActivation;
}

/** Makers of layers, whose types are those of the library's own. */
export interface AdiabaticLayers<Library extends TensorLibrary> {
  readonly dense: (args: AdiabaticDenseArgs) => ReturnType<Library['layers']['dense']>;
  readonly conv1d: (args: AdiabaticConvolutionArgs) => ReturnType<Library['layers']['conv1d']>;
  readonly conv2d: (args: AdiabaticConvolutionArgs) => ReturnType<Library['layers']['conv2d']>;
  readonly activation: (args: AdiabaticActivationArgs) => ReturnType<Library['layers']['activation']>;
}

/**
 * Returns makers of adiabatic layers, and registers their classes: call it, too, before `tf.loadLayersModel` loads a
 * model of them.
 *
 * @throws ModelError `model.bad-value` for something else than TensorFlow.js
 */
export function adiabaticLayers<Library extends TensorLibrary>(
  tf: Library,
  { seed = 1 }: AdiabaticLayersOptions = {},
): AdiabaticLayers<Library> {
  const classes = layerClassesOf(libraryOf(tf));
  const random = Random.fromSeed(seed, 'adiabaticLayers');
  const seeded = (args: WeightArgs): LayerArguments => ({ ...args, initialSeed: random.below(MOST_SEEDS) });
  const layers = {
    dense: (args: AdiabaticDenseArgs) => new classes.dense(seeded(args)),
    conv1d: (args: AdiabaticConvolutionArgs) => new classes.conv1d(seeded(args)),
    conv2d: (args: AdiabaticConvolutionArgs) => new classes.conv2d(seeded(args)),
    activation: (args: AdiabaticActivationArgs) => new classes.activation({ ...args }),
  };
  // They extend the library's layers, which its declarations name and ours do not.
  return layers as unknown as AdiabaticLayers<Library>;
}
