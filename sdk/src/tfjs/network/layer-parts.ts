import type { layers } from '@tensorflow/tfjs';
import { VARIANCE_FLOOR } from '../../train/forward/batch-norm.js';
import type { LayerSpec, NormalizeSpec, PoolSpec } from '../../train/network/layer-specs.js';
import { positionsAlong } from '../../train/network/layers.js';
import type { LayerParameters, Statistics } from '../../train/network/parameters.js';
import { type AdiabaticLayer, isAdiabatic } from '../layers/adiabatic-layer.js';
import { alongAxes, type ConvolutionSettings, type DenseSettings, type LayerActivation } from '../layers/settings.js';
import { adviceFor } from './advice.js';
import { refuse, type TrunkStep } from './trunk.js';

type Layer = layers.Layer;

/** One layer of our trainer's network with its numbers. */
export interface LayerPart {
  readonly spec: LayerSpec;
  readonly parameters: LayerParameters;
  /** Of batch normalisation. */
  readonly statistics?: Statistics;
}

/** The numbers of a layer's weights, in the layer's order. */
export type WeightReader = (layer: Layer) => readonly Float32Array[];

/** What a layer is in a network whose mode is `both`: where that is not so, the part says so itself. */
const keptReal = { realIn: ['both'] } as const;
const none = new Float32Array(0);
export const noParameters: LayerParameters = { kernel: none, scale: none, bias: none };

/**
 * Returns the layers of our trainer that do what a layer does, none for one that does nothing when training is over.
 *
 * @param isLast whether this is the last layer, whose softmax changes no order
 * @throws ModelError `model.unsupported-layer` naming a layer that has no integer form
 */
export function partsOf(step: TrunkStep, weightsOf: WeightReader, isLast: boolean): readonly LayerPart[] {
  const { layer } = step;
  const className = layer.getClassName();
  if (isAdiabatic(layer)) return adiabaticParts(layer, weightsOf(layer), isLast);
  switch (className) {
    case 'Activation':
      return activationPart(layer, layer.getConfig()['activation'] as LayerActivation, isLast);
    case 'Softmax':
      return activationPart(layer, 'softmax', isLast);
    case 'ReLU':
      if (typeof layer.getConfig()['maxValue'] === 'number')
        throw refuse(layer, 'has a largest value', 'leave maxValue out');
      return activationPart(layer, 'relu', isLast);
    case 'Flatten':
      return [{ spec: { kind: 'flatten' }, parameters: noParameters }];
    case 'Dropout':
    case 'SpatialDropout1D':
    case 'GaussianDropout':
    case 'GaussianNoise':
    case 'AlphaDropout':
      return [];
    case 'GlobalAveragePooling1D':
    case 'GlobalAveragePooling2D':
      return [{ spec: { kind: 'global-average-pool' }, parameters: noParameters }];
    case 'MaxPooling1D':
    case 'MaxPooling2D':
      return [{ spec: poolSpec('max-pool', step), parameters: noParameters }];
    case 'AveragePooling1D':
    case 'AveragePooling2D':
      return [{ spec: poolSpec('average-pool', step), parameters: noParameters }];
    case 'BatchNormalization':
      return [batchNormPart(step, weightsOf(layer))];
    case 'Dense':
    case 'Conv1D':
    case 'Conv2D':
      throw refuse(layer, 'is not adiabatic', 'pass the model through binarize, or make the layer by adiabaticLayers');
    default:
      throw refuse(layer, 'has no integer form', adviceFor(className));
  }
}

/** Returns the convolution of 1 x 1 that the other term of a sum goes through, as a part of the sum. */
export function shortcutOf(layer: Layer, weightsOf: WeightReader) {
  const { kernelSize, strides, filters, activation, useBias, binaryWeights, ownSharpness } = (
    isAdiabatic(layer) ? layer.settings : {}
  ) as Partial<ConvolutionSettings>;
  const stride = strides?.at(0);
  const isSimple = kernelSize?.every((size) => size === 1) === true && strides?.every((one) => one === stride) === true;
  if (!isSimple || activation !== 'linear' || useBias === true || filters === undefined || stride === undefined) {
    throw refuse(
      layer,
      'cannot be the other way to a sum',
      'only a convolution of 1 x 1 can, with one stride, useBias false and no activation',
    );
  }
  const [kernel, scale = Float32Array.of(1)] = weightsOf(layer);
  return {
    spec: { shortcut: { filters, stride }, ...hardening({ binaryWeights, ownSharpness }) },
    parameters: { kernel, scale, bias: none },
  };
}

function adiabaticParts(
  layer: AdiabaticLayer,
  weights: readonly Float32Array[],
  isLast: boolean,
): readonly LayerPart[] {
  const { settings } = layer;
  const activation = activationPart(layer, settings.activation, isLast);
  if (!('useBias' in settings)) return activation;
  const weighted = settings as DenseSettings | ConvolutionSettings;
  const [kernel, ...rest] = weights;
  const bias = weighted.useBias ? rest[0] : undefined;
  const scale = weighted.binaryWeights ? rest[rest.length - 1] : Float32Array.of(1);
  if ('units' in weighted) {
    const outputs = new Float32Array(weighted.units);
    const spec = { units: weighted.units, activation: 'none', ...hardening(weighted) } as const;
    return [{ spec, parameters: { kernel, scale, bias: bias ?? outputs } }, ...activation];
  }
  const { filters, kernelSize, strides, padding } = weighted;
  const spec = {
    kind: 'convolution',
    filters,
    size: asSize(kernelSize),
    stride: asSize(strides),
    padding,
    ...hardening(weighted),
  } as const;
  const shift = bias === undefined ? [] : [{ spec: shiftBy(bias), parameters: noParameters }];
  return [{ spec, parameters: { kernel, scale, bias: none } }, ...shift, ...activation];
}

const hardening = ({
  binaryWeights,
  ownSharpness = 1,
}: {
  binaryWeights?: boolean | undefined;
  ownSharpness?: number | undefined;
}) => ({
  ...(binaryWeights === true ? {} : keptReal),
  sharpness: ownSharpness,
});

/** Sizes along a line are of its length, as numbers are in specifications. */
const asSize = (sizes: readonly number[]): number | readonly [number, number] =>
  sizes.length === 1 ? sizes[0] : [sizes[0], sizes[1]];

/** Our convolutions have no bias: it is what is subtracted after them. */
function shiftBy(bias: Float32Array): NormalizeSpec {
  return {
    kind: 'normalize',
    mean: Array.from(bias, (value) => -value),
    deviation: Array.from(bias, () => 1),
  };
}

function activationPart(layer: Layer, activation: LayerActivation, isLast: boolean): readonly LayerPart[] {
  if (activation === 'linear' || (activation === 'softmax' && isLast)) return [];
  if (isLast)
    throw refuse(layer, `ends the network in ${activation}`, 'let the last layer be dense, with softmax or none');
  const isKnown = isAdiabatic(layer) ? activation !== 'softmax' : activation === 'relu';
  if (!isKnown)
    throw refuse(
      layer,
      `has the activation ${activation}, which has no integer form here`,
      'use relu, or pass the model through binarize',
    );
  const name = activation as Exclude<LayerActivation, 'linear' | 'softmax'>;
  const spec = { kind: 'activation', activation: name, ...(name === 'relu' ? keptReal : {}) } as const;
  return [{ spec, parameters: noParameters }];
}

function poolSpec(kind: PoolSpec['kind'], { layer, inputShape }: TrunkStep): PoolSpec {
  const axes = inputShape.length - 1;
  const { poolSize, strides, padding, dataFormat } = layer.getConfig();
  if (dataFormat === 'channelsFirst') throw refuse(layer, 'has channels first', 'use dataFormat "channelsLast"');
  const size = alongAxes(poolSize, axes);
  const stride = alongAxes(strides ?? poolSize, axes);
  const isPadded = inputShape
    .slice(0, -1)
    .some(
      (length, axis) =>
        (positionsAlong(length, size[axis], stride[axis], 'same') - 1) * stride[axis] + size[axis] > length,
    );
  if (padding === 'same' && isPadded) throw refuse(layer, 'pads the picture', 'use padding "valid"');
  return { kind, size: asSize(size), stride: asSize(stride) };
}

function batchNormPart({ layer, inputShape }: TrunkStep, weights: readonly Float32Array[]): LayerPart {
  const { axis, center, scale, epsilon } = layer.getConfig();
  if (axis !== -1 && axis !== inputShape.length)
    throw refuse(layer, 'normalises another axis than the last', 'use axis -1');
  const rest = [...weights];
  const variance = rest.pop()!;
  const mean = rest.pop()!;
  const gamma = scale === true ? rest.shift()! : new Float32Array(mean.length).fill(1);
  const beta = center === true ? rest.shift()! : new Float32Array(mean.length);
  const more = Number(epsilon) - VARIANCE_FLOOR;
  return {
    spec: { kind: 'batch-norm' },
    parameters: { kernel: none, scale: gamma, bias: beta },
    statistics: { mean, variance: variance.map((value) => value + more) },
  };
}
