import { ModelError } from '@adiabit/simulator/errors';
import type { layers, LayersModel, serialization, SymbolicTensor, Tensor } from '@tensorflow/tfjs';
import { Random } from '../random.js';
import { INITIAL_KERNEL_BOUND } from '../train/network/resolve-layer.js';
import type { Tensorflow } from './whole-library.js';
import { latentFromReal } from '../train/network/latent-from-real.js';
import { type BinarizationMode, binarizationModes } from '../train/network/mode.js';
import { libraryOf, modelOf } from './instance.js';
import { type AdiabaticLayer, isAdiabatic } from './layers/adiabatic-layer.js';
import { layerClassesOf } from './layers/layer-classes.js';
import { adiabaticArguments, type Choice } from './layers/replacement.js';
import type { LayerActivation } from './layers/settings.js';
import type { TensorLibrary, TrainableModel } from './library.js';
import { checkNetwork } from './network/network-of.js';

type Layer = layers.Layer;

export interface BinarizeOptions {
  /** What becomes binary. */
  readonly mode: BinarizationMode;
  /** Names of layers that stay real all the same, as the first and the last in many networks. */
  readonly keepReal?: readonly string[];
  /** What becomes of `relu` where activations become binary (rectified-tanh, which is relu near 0). */
  readonly activation?: Exclude<LayerActivation, 'relu' | 'linear' | 'softmax'>;
  /** See the settings of layers. If absent, gradients are always the true ones. */
  readonly gradientSharpness?: number;
  /**
   * `new` (default): binary weights begin anew, small and random. `from-real`: the model was trained, and its weights are
   * scaled so that it computes what it did.
   */
  readonly weights?: 'new' | 'from-real';
  /** Of new binary weights: same seed, same weights (1). */
  readonly seed?: number;
}

/**
 * Returns the same network with layers that become binary: a `tf.sequential` of a sequential one, else a `tf.model`.
 * Names, biases and what stays real are the model's; compile it anew. The model itself stays as it was.
 *
 * @throws ModelError `model.unsupported-layer` naming a layer that has no integer form, and what would do;
 * `model.bad-value` for a model of another copy of TensorFlow.js, or a wrong option
 */
export function binarize<Model extends TrainableModel>(
  tf: TensorLibrary,
  model: Model,
  options: BinarizeOptions,
): Model {
  const library = libraryOf(tf);
  const given = modelOf(library, model);
  checkOptions(given, options);
  const made = rebuild(library, given, (layer) => replace(library, layer, options));
  checkNetwork(made);
  copyWeights(library, given, made, options);
  return made as unknown as Model;
}

function checkOptions(model: LayersModel, { mode, keepReal = [] }: BinarizeOptions): void {
  if (!binarizationModes.includes(mode)) {
    throw new ModelError('bad-value', `mode must be one of ${binarizationModes.join(', ')}, not '${mode}'.`);
  }
  const unknown = keepReal.find((name) => model.layers.every((layer) => layer.name !== name));
  if (unknown === undefined) return;
  const names = model.layers.map(({ name }) => name).join(', ');
  throw new ModelError('bad-value', `keepReal: the model has no layer "${unknown}"; it has ${names}.`);
}

function rebuild(tf: Tensorflow, model: LayersModel, change: (layer: Layer) => Layer): LayersModel {
  const { name } = model;
  if (model instanceof tf.Sequential) return tf.sequential({ name, layers: model.layers.map(change) });
  const changed = new Map<Layer, Layer>(model.layers.map((layer) => [layer, change(layer)]));
  const known = new Map<SymbolicTensor, SymbolicTensor>();
  const copy = (tensor: SymbolicTensor): SymbolicTensor => {
    const done = known.get(tensor);
    if (done !== undefined) return done;
    const { inputs, sourceLayer } = tensor;
    const layer = changed.get(sourceLayer)!;
    const arriving = inputs.map(copy);
    const output = inputs.length === 0 ? layer.output : layer.apply(arriving.length === 1 ? arriving[0] : arriving);
    known.set(tensor, output as SymbolicTensor);
    return output as SymbolicTensor;
  };
  return tf.model({ name, inputs: model.inputs.map(copy), outputs: model.outputs.map(copy) });
}

function replace(tf: Tensorflow, layer: Layer, options: BinarizeOptions): Layer {
  const { mode, keepReal = [], activation = 'rectified-tanh', gradientSharpness } = options;
  const isKept = keepReal.includes(layer.name);
  const choice: Choice = {
    binaryWeights: (mode === 'weights' || mode === 'both') && !isKept,
    binaryActivations: (mode === 'activations' || mode === 'both') && !isKept,
    activation,
    gradientSharpness,
  };
  const replacement = adiabaticArguments(layer, choice);
  if (replacement !== undefined) return new (layerClassesOf(tf)[replacement.kind])(replacement.args);
  const { fromConfig } = layer.constructor as serialization.SerializableConstructor<Layer>;
  return fromConfig(layer.constructor as serialization.SerializableConstructor<Layer>, layer.getConfig());
}

/** Copies the numbers of what stays real, and biases; with `from-real` those of binary weights too. */
function copyWeights(tf: Tensorflow, model: LayersModel, made: LayersModel, options: BinarizeOptions): void {
  tf.tidy(() => {
    const random = Random.fromSeed(options.seed ?? 1, 'binarize');
    model.layers.forEach((layer) => {
      const copy = made.getLayer(layer.name);
      const weights = layer.getWeights();
      if (weights.length === 0) return;
      if (isAdiabatic(layer) || !isAdiabatic(copy)) copy.setWeights(weights);
      else copy.setWeights(startingWeights(tf, copy, weights, options, random));
    });
  });
}

function startingWeights(
  tf: Tensorflow,
  copy: AdiabaticLayer,
  [kernel, ...bias]: readonly Tensor[],
  { weights = 'new' }: BinarizeOptions,
  random: Random,
): Tensor[] {
  const own = copy.getWeights();
  if (own.length === 1 + bias.length) return [kernel, ...bias];
  if (weights === 'new') {
    const drawn = () => random.uniform(-INITIAL_KERNEL_BOUND, INITIAL_KERNEL_BOUND);
    const kernelAnew = tf.tensor(Float32Array.from({ length: kernel.size }, drawn), kernel.shape);
    return [kernelAnew, ...bias, own[own.length - 1]];
  }
  const latent = latentFromReal(kernel.dataSync<'float32'>(), copy.sharpness.kWeight);
  return [tf.tensor(latent.kernel, kernel.shape), ...bias, tf.scalar(latent.scale[0])];
}
