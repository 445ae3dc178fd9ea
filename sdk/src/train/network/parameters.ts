import type { Random } from '../../random.js';
import { channelsOf, kernelShape, type LogicLayer, product } from './layers.js';
import { type Layer, type NetworkSpec, resolveLayers } from './network.js';
import type { TrainedLayer, TrainedNetwork } from './trained-network.js';

/** Mean and variance of each channel at the input of one batch normalisation. */
export interface Statistics {
  readonly mean: Float32Array;
  readonly variance: Float32Array;
}

/** The trainable numbers of one layer, on the host, in float32. What a layer does not have is empty. */
export interface LayerParameters {
  /** Latent weights, row-major in the shape of `kernelShape`; of tables see `LogicLayer`. */
  readonly kernel: Float32Array;
  /**
   * One number in a layer with weights: trained when they are binary, fixed at 1 when not. In batch normalisation the
   * gamma of each channel, of tables the candidates.
   */
  readonly scale: Float32Array;
  /** One number per output of a dense layer; in batch normalisation the beta of each channel, of tables the wires. */
  readonly bias: Float32Array;
}

export type NetworkParameters = readonly LayerParameters[];

/** Counts the numbers of one layer. */
export function parameterSizes(layer: Layer): Readonly<Record<keyof LayerParameters, number>> {
  const shape = kernelShape(layer);
  if (shape !== undefined && 'initialBound' in layer) {
    return { kernel: product(shape), scale: 1, bias: layer.kind === 'dense' ? layer.outputs : 0 };
  }
  if (layer.kind === 'logic') {
    const wires = layer.outputs * layer.tableInputs * layer.candidates;
    return { kernel: layer.outputs * 2 ** layer.tableInputs, scale: wires, bias: wires };
  }
  const channels = layer.kind === 'batch-norm' ? channelsOf(layer.outputShape) : 0;
  return { kernel: 0, scale: channels, bias: channels };
}

/**
 * Kernels uniform within the layer's bound, scales 1, biases 0; tables and their wires normal.
 *
 * @param lively inputs that the first tables may be wired to at the start. If absent, all
 */
export function initialParameters(
  layers: readonly Layer[],
  random: Random,
  lively?: readonly number[],
): NetworkParameters {
  const first = layers.findIndex(({ kind }) => kind === 'logic');
  return layers.map((layer, index) => {
    if (layer.kind === 'logic') return initialTables(layer, random, index === first ? lively : undefined);
    const { kernel, scale, bias } = parameterSizes(layer);
    const bound = 'initialBound' in layer ? layer.initialBound : 0;
    return {
      kernel: Float32Array.from({ length: kernel }, () => random.uniform(-bound, bound)),
      scale: new Float32Array(scale).fill(1),
      bias: new Float32Array(bias),
    };
  });
}

/** Standard deviation of the latent entries and wires of tables at the start. */
const INITIAL_DEVIATION = 0.5;

function initialTables(layer: LogicLayer, random: Random, lively: readonly number[] = []): LayerParameters {
  const { kernel, bias } = parameterSizes(layer);
  const normal = (length: number) => Float32Array.from({ length }, () => INITIAL_DEVIATION * random.normal());
  const pool = Uint32Array.from(
    lively.length >= layer.candidates ? lively : Array.from({ length: layer.inputs }, (_, input) => input),
  );
  const scale = new Float32Array(bias);
  for (let from = 0; from < bias; from += layer.candidates) {
    // Drawn without repeating: each swaps its choice to the front.
    for (let drawn = 0; drawn < layer.candidates; drawn++) {
      const other = drawn + random.below(pool.length - drawn);
      [pool[drawn], pool[other]] = [pool[other], pool[drawn]];
      scale[from + drawn] = pool[drawn];
    }
  }
  return { kernel: normal(kernel), scale, bias: normal(bias) };
}

/** Tells which of a layer's arrays training changes, in the order of `trainableArrays`. */
export function trainedNames(layer: Layer): readonly (keyof LayerParameters)[] {
  if (layer.kind === 'batch-norm') return ['bias', 'scale'];
  if (layer.kind === 'logic') return ['kernel', 'bias'];
  if (kernelShape(layer) === undefined || !('binaryWeights' in layer)) return [];
  const names = layer.kind === 'dense' ? (['kernel', 'bias'] as const) : (['kernel'] as const);
  return layer.binaryWeights ? [...names, 'scale'] : names;
}

/**
 * Returns the arrays that training changes, in a fixed order: per layer kernel, bias and, with binary weights, scale.
 */
export function trainableArrays(layers: readonly Layer[], parameters: NetworkParameters): Float32Array[] {
  return layers.flatMap((layer, index) => trainedNames(layer).map((name) => parameters[index][name]));
}

export function copyParameters(parameters: NetworkParameters): NetworkParameters {
  return parameters.map(({ kernel, scale, bias }) => ({
    kernel: kernel.slice(),
    scale: scale.slice(),
    bias: bias.slice(),
  }));
}

/**
 * Returns the network as plain numbers, ready to freeze. The arrays are copies.
 *
 * @param statistics of the batch normalisations, by layer
 */
export function toTrainedNetwork(
  spec: NetworkSpec,
  parameters: NetworkParameters,
  statistics: ReadonlyMap<number, Statistics> = new Map(),
): TrainedNetwork {
  const copies = copyParameters(parameters);
  return {
    name: spec.name,
    input: { count: spec.inputs, bits: spec.inputBits, divisor: spec.divisor },
    layers: resolveLayers(spec).map((layer, index) => trainedLayer(layer, copies[index], statistics.get(index))),
  };
}

function trainedLayer(
  layer: Layer,
  { kernel, scale, bias }: LayerParameters,
  statistics: Statistics | undefined,
): TrainedLayer {
  switch (layer.kind) {
    case 'dense': {
      const { kind, inputs, outputs, binaryWeights, activation, binaryActivation } = layer;
      return { kind, inputs, outputs, binaryWeights, kernel, scale: scale[0], bias, activation, binaryActivation };
    }
    case 'convolution':
    case 'add':
      return { ...layer, kernel, scale: scale.at(0) ?? 1 };
    case 'logic':
      return { ...layer, entries: kernel, wires: bias, sources: Uint32Array.from(scale) };
    case 'batch-norm': {
      const channels = scale.length;
      const { mean, variance } = statistics ?? {
        mean: new Float32Array(channels),
        variance: new Float32Array(channels).fill(1),
      };
      return { ...layer, gamma: scale, beta: bias, mean, variance };
    }
    default:
      return layer;
  }
}
