import type { layers } from '@tensorflow/tfjs';
import { refuse } from '../network/trunk.js';
import type { LayerClasses } from './layer-classes.js';
import type { LayerActivation, LayerArguments } from './settings.js';

type Layer = layers.Layer;

/** What becomes of one layer. */
export interface Choice {
  readonly binaryWeights: boolean;
  readonly binaryActivations: boolean;
  /** What becomes of `relu`. */
  readonly activation: LayerActivation;
  readonly gradientSharpness: number | undefined;
}

/** An adiabatic layer to be made. */
interface Replacement {
  readonly kind: keyof LayerClasses;
  readonly args: LayerArguments;
}

const kinds: Readonly<Partial<Record<string, keyof LayerClasses>>> = {
  Dense: 'dense',
  Conv1D: 'conv1d',
  Conv2D: 'conv2d',
  Activation: 'activation',
  ReLU: 'activation',
};

/** What a layer may have that ours have not. */
const unknownHere = [
  'kernelRegularizer',
  'biasRegularizer',
  'activityRegularizer',
  'kernelConstraint',
  'biasConstraint',
] as const;

/**
 * Returns the adiabatic layer to put in the place of a layer, undefined if it stays what it is.
 * @throws ModelError naming a layer whose settings no adiabatic one has
 */
export function adiabaticArguments(layer: Layer, choice: Choice): Replacement | undefined {
  const kind = kinds[layer.getClassName()];
  if (kind === undefined) return undefined;
  const config = layer.getConfig();
  const wrong = unknownHere.find((name) => (config[name] ?? null) !== null);
  if (wrong !== undefined) throw refuse(layer, `has a ${wrong}`, 'leave it out: latent weights have none');
  if (config['dataFormat'] === 'channelsFirst')
    throw refuse(layer, 'has channels first', 'use dataFormat "channelsLast"');
  const dilation = [config['dilationRate'] ?? 1].flat();
  if (dilation.some((rate) => rate !== 1)) throw refuse(layer, 'is dilated', 'leave dilationRate out');
  if (typeof config['maxValue'] === 'number') throw refuse(layer, 'has a largest value', 'leave maxValue out');
  if (config['padding'] === 'causal') throw refuse(layer, 'has padding "causal"', 'use "same" or "valid"');
  const { binaryWeights, gradientSharpness } = choice;
  const given = layer.getClassName() === 'ReLU' ? 'relu' : (config['activation'] as string);
  const args = { ...config, binaryWeights, gradientSharpness, activation: activationFor(layer, given, choice) };
  return { kind, args };
}

function activationFor(layer: Layer, given: string, { binaryActivations, activation }: Choice): LayerActivation {
  if (given === 'linear' || given === 'softmax') return given;
  if (!binaryActivations && given === 'relu') return given;
  if (binaryActivations) {
    if (given === 'relu') return activation;
    if (given === 'tanh' || given === 'sigmoid') return given;
  }
  const real = binaryActivations ? '' : 'real ';
  throw refuse(layer, `has the ${real}activation ${given}, which has no integer form`, 'use relu');
}
