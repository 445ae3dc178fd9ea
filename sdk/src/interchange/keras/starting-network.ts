import { ModelError } from '@adiabit/simulator/errors';
import { kernelShape, type Layer } from '../../train/network/layers.js';
import { type NetworkSpec, resolveLayers } from '../../train/network/network.js';
import { type LayerParameters, parameterSizes, toTrainedNetwork } from '../../train/network/parameters.js';
import type { TrainedNetwork } from '../../train/network/trained-network.js';
import type { KerasLayer, KerasModel } from './read-h5.js';

/** What a layer of ours with weights is called there. */
const classes: Readonly<Partial<Record<Layer['kind'], readonly string[]>>> = {
  dense: ['Dense'],
  convolution: ['Conv1D', 'Conv2D'],
  'batch-norm': ['BatchNormalization'],
};

/**
 * Returns a trained model of Keras or TensorFlow.js as the network of a recipe with nothing binary, for a training to go on from: its
 * layers with weights are those of the recipe, one after the other. Activations are the recipe's. Statistics of batch normalisation are
 * not taken over: training finds its own.
 * @throws ModelError `model.shape-mismatch` naming the first layer that is another
 */
export function startingNetwork(model: KerasModel, spec: NetworkSpec): TrainedNetwork {
  const network = { ...spec, mode: 'real' } as const;
  const given = model.layers.filter(({ weights }) => weights.size > 0);
  let taken = 0;
  const parameters = resolveLayers(network).map((layer, index): LayerParameters => {
    const { kernel, scale } = parameterSizes(layer);
    if (kernel === 0 && scale === 0) return { kernel: floats([]), scale: floats([]), bias: floats([]) };
    const found = given.at(taken++);
    if (found === undefined || !fits(layer, found)) throw mismatch(model, index, layer, found);
    if (layer.kind === 'convolution') refuseLostBias(model, found, given.at(taken));
    return parametersOf(layer, found);
  });
  if (taken < given.length) throw mismatch(model, parameters.length, undefined, given[taken]);
  return toTrainedNetwork(network, parameters);
}

const floats = (values: ArrayLike<number>): Float32Array => Float32Array.from(values);

function fits(layer: Layer, { className, weights }: KerasLayer): boolean {
  if (classes[layer.kind]?.includes(className) !== true) return false;
  if (layer.kind === 'batch-norm') return weights.get('moving_mean')?.values.length === parameterSizes(layer).scale;
  return shapeOf(weights.get('kernel')?.dims) === shapeOf(kernelShape(layer));
}

/** Returns a kernel's shape in words. A line of ours is a picture of height 1. */
function shapeOf(dims: readonly number[] = []): string {
  const [height, ...rest] = dims;
  return (dims.length === 4 && height === 1 ? rest : dims).join(' x ');
}

function parametersOf(layer: Layer, { weights }: KerasLayer): LayerParameters {
  const { kernel, scale, bias } = parameterSizes(layer);
  const values = (name: string, size: number, otherwise: number): Float32Array =>
    floats(size === 0 ? [] : (weights.get(name)?.values ?? new Float32Array(size).fill(otherwise)));
  if (layer.kind === 'batch-norm')
    return { kernel: floats([]), scale: values('gamma', scale, 1), bias: values('beta', bias, 0) };
  return { kernel: values('kernel', kernel, 0), scale: new Float32Array(scale).fill(1), bias: values('bias', bias, 0) };
}

/** A convolution of ours has no bias. One in front of batch normalisation changes nothing, as its mean goes with it. */
function refuseLostBias(
  { name }: KerasModel,
  { name: layer, weights }: KerasLayer,
  next: KerasLayer | undefined,
): void {
  const bias = weights.get('bias')?.values ?? [];
  if (next?.className === 'BatchNormalization' || [...bias].every((value) => value === 0)) return;
  const message = `The convolution "${layer}" of "${name}" has a bias and no batch normalisation behind it: train it with useBias false.`;
  throw new ModelError('shape-mismatch', message, { network: name, layer });
}

function mismatch(
  model: KerasModel,
  index: number,
  layer: Layer | undefined,
  found: KerasLayer | undefined,
): ModelError {
  const ours =
    layer === undefined ? 'no more layers' : `a layer ${index}, ${layer.kind} ${shapeOf(kernelShape(layer))}`;
  const theirs =
    found === undefined
      ? 'no more layers'
      : `"${found.name}", ${found.className} ${shapeOf((found.weights.get('kernel') ?? found.weights.get('moving_mean'))?.dims)}`;
  const message = `The model "${model.name}" does not fit the recipe: where the recipe has ${ours.trim()}, the model has ${theirs.trim()}.`;
  return new ModelError('shape-mismatch', message, { network: model.name, layer: index });
}
