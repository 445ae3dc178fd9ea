import { Random } from '../../random.js';
import { hardOutputs } from '../evaluation/evaluate-hard.js';
import type { ActivationSpec, LayerSpec, Padding, Size } from '../network/layer-specs.js';
import { channelsOf, product } from '../network/layers.js';
import { type BinarizationMode, binarizationModes, type Layer, type NetworkSpec } from '../network/network.js';
import { initialParameters, type Statistics, toTrainedNetwork } from '../network/parameters.js';
import { resolveLayer } from '../network/resolve-layer.js';
import type { TrainedNetwork } from '../network/trained-network.js';

/** A network nobody trained, and inputs for it. */
export interface RandomNetwork {
  readonly spec: NetworkSpec;
  readonly network: TrainedNetwork;
  readonly inputs: readonly Uint8Array[];
}

/**
 * Returns a small network of any layers in any order that the trainer accepts, with random parameters, and statistics
 * that are its own over the inputs or random as well.
 */
export function randomNetwork(seed: number, inputCount: number): RandomNetwork {
  const choice = new Choice(Random.fromSeed(seed, 'network'));
  const spec = randomSpec(choice, seed);
  const inputs = Array.from({ length: inputCount }, (_, index) => randomInput(choice, spec, index));
  return { spec, network: randomParameters(choice, spec, inputs), inputs };
}

/** Returns a network of this structure that nobody trained, with statistics that are mostly its own over the inputs. */
export function untrainedNetwork(spec: NetworkSpec, inputs: readonly Uint8Array[], seed: number): TrainedNetwork {
  return randomParameters(new Choice(Random.fromSeed(seed, 'network')), spec, inputs);
}

class Choice {
  constructor(readonly random: Random) {}

  of<T>(...values: readonly T[]): T {
    return values[this.random.below(values.length)];
  }

  isOnceIn(count: number): boolean {
    return this.random.below(count) === 0;
  }

  below(count: number): number {
    return this.random.below(count);
  }

  /** Of either sign, from 1/8 to 8 times a scale. */
  magnitude(scale: number): number {
    return (this.isOnceIn(2) ? -scale : scale) * 2 ** this.random.uniform(-3, 3);
  }
}

function randomInput(choice: Choice, { inputs, inputBits }: NetworkSpec, index: number): Uint8Array {
  const values = 2 ** inputBits;
  const brightest = index % 3 === 0 ? 1 + choice.below(values) : values;
  return Uint8Array.from({ length: inputs }, () =>
    index === 0 ? 0 : index === 1 ? values - 1 : choice.below(brightest),
  );
}

function randomSpec(choice: Choice, seed: number): NetworkSpec {
  const picture = [2 + choice.below(4), 2 + choice.below(4), 1 + choice.below(3)];
  const inputShape = choice.of([1 + choice.below(12)], [3 + choice.below(8), 1 + choice.below(2)], picture, picture);
  const inputBits = choice.of(1, 2, 8);
  const own = new Choice(Random.fromSeed(seed, 'thermometer'));
  const hasThermometer = own.isOnceIn(6);
  const given = {
    name: `random-${seed}`,
    inputs: product(inputShape),
    inputBits,
    mode: choice.of(...binarizationModes, 'both' as const),
    ...(inputShape.length === 1 ? {} : { inputShape }),
    divisor: choice.of(1, 2 ** inputBits - 1, 255, 0.7),
  };
  const base = hasThermometer ? { ...given, divisor: 1 } : given;
  const specs: LayerSpec[] = [];
  const layers: Layer[] = [];
  const last: LayerSpec = { units: 2 + choice.below(3), activation: 'none', ...maybeReal(choice) };
  const add = (layer: LayerSpec): boolean => {
    const spec: NetworkSpec = { ...base, layers: [...specs, layer, last] };
    try {
      layers.push(resolveLayer(spec, layer, specs.length, layers));
      specs.push(layer);
      return true;
    } catch {
      return false;
    }
  };
  if (hasThermometer) add(thermometer(own, inputShape.at(-1) ?? 1, inputBits));
  if (inputBits === 8 && choice.isOnceIn(12)) add({ kind: 'mu-law' });
  const isMuLaw = layers.at(-1)?.kind === 'mu-law';
  if ((isMuLaw || choice.isOnceIn(12)) && !hasThermometer) add({ kind: 'standardize' });
  for (let left = choice.below(7); left > 0; left--) {
    const shape = layers.at(-1)?.outputShape ?? base.inputShape ?? [base.inputs];
    const some = choice.isOnceIn(3) ? stage(choice) : [randomLayer(choice, shape, layers.length)];
    some.forEach(add);
  }
  const isPicture = (layers.at(-1)?.outputShape ?? inputShape).length > 1;
  if (isPicture) add(choice.of<LayerSpec>({ kind: 'flatten' }, { kind: 'global-average-pool' }));
  return { ...base, layers: [...specs, last] };
}

/** Returns a thermometer of one to three levels, as far as the bits allow. */
function thermometer(choice: Choice, channels: number, inputBits: number): LayerSpec {
  const levels = Math.min(1 + choice.below(3), 2 ** inputBits - 1);
  const thresholds = Array.from({ length: channels }, () => {
    const first = 1 + choice.below(2 ** inputBits - levels);
    return Array.from({ length: levels }, (_, level) => first + level);
  });
  return { kind: 'thermometer', thresholds };
}

const maybeReal = (choice: Choice): { readonly realIn?: readonly BinarizationMode[] } =>
  choice.isOnceIn(5) ? { realIn: [choice.of(...binarizationModes)] } : {};

const activations: readonly ActivationSpec['activation'][] = [
  'tanh',
  'rectified-tanh',
  'sigmoid',
  'hard-tanh',
  'clipped-linear',
  'relu',
];

/** Returns what pictures usually go through; where one does not fit it is left out. */
function stage(choice: Choice): LayerSpec[] {
  const some: LayerSpec[] = [
    convolution(choice),
    pool(choice),
    { kind: 'batch-norm' },
    { kind: 'activation', activation: choice.of(...activations) },
    pool(choice),
  ];
  return some.filter(({ kind }) => kind === 'convolution' || choice.below(3) > 0);
}

const size = (choice: Choice): Size =>
  choice.isOnceIn(2) ? 1 + choice.below(3) : [1 + choice.below(3), 1 + choice.below(3)];
const stride = (choice: Choice): Size => choice.of<Size>(1, 1, 2, [1, 2]);

const pool = (choice: Choice): LayerSpec => ({
  kind: choice.of('max-pool', 'average-pool'),
  size: size(choice),
  stride: stride(choice),
});

const convolution = (choice: Choice): LayerSpec => ({
  kind: 'convolution',
  filters: 1 + choice.below(4),
  size: size(choice),
  stride: stride(choice),
  padding: choice.of<Padding>('same', 'same', 'valid'),
  ...maybeReal(choice),
});

function randomLayer(choice: Choice, shape: readonly number[], before: number): LayerSpec {
  const channels = shape[shape.length - 1] ?? 1;
  switch (choice.below(12)) {
    case 0:
    case 1:
    case 2:
      return convolution(choice);
    case 3:
      return {
        units: 1 + choice.below(6),
        activation: choice.of(...activations, 'none' as const),
        ...maybeReal(choice),
      };
    case 4:
      return pool(choice);
    case 5:
      return choice.of<LayerSpec>({ kind: 'flatten' }, { kind: 'dropout', rate: 0.5 }, { kind: 'global-average-pool' });
    case 6:
    case 7:
      return { kind: 'batch-norm' };
    case 8:
    case 9:
      return { kind: 'activation', activation: choice.of(...activations), ...maybeReal(choice) };
    case 10: {
      const from = choice.below(Math.max(1, before));
      if (choice.isOnceIn(2)) return { kind: 'add', from };
      return { kind: 'add', from, shortcut: { filters: channels, stride: choice.of(1, 2) }, ...maybeReal(choice) };
    }
    default: {
      const mean = Array.from({ length: channels }, () =>
        choice.of(0, choice.below(256), choice.random.uniform(0, 200)),
      );
      const each = choice.isOnceIn(2);
      const one = choice.random.uniform(0.3, 90);
      return { kind: 'normalize', mean, deviation: mean.map(() => (each ? choice.random.uniform(0.3, 90) : one)) };
    }
  }
}

function randomParameters(choice: Choice, spec: NetworkSpec, inputs: readonly Uint8Array[]): TrainedNetwork {
  const layers = resolved(spec);
  const { random } = choice;
  const hasRealBias = choice.isOnceIn(2);
  const parameters = initialParameters(layers, random).map((layer, index) => {
    const { kind } = layers[index];
    if (kind === 'batch-norm') {
      const gamma = layer.scale.map(() => (choice.isOnceIn(6) ? 0 : choice.magnitude(1)));
      return { ...layer, scale: gamma, bias: layer.bias.map(() => random.uniform(-1, 1)) };
    }
    const isBinary = 'binaryWeights' in layers[index] && layers[index].binaryWeights;
    const bias = layer.bias.map(() => (hasRealBias ? random.uniform(-1, 1) : random.below(5) - 2));
    return { ...layer, scale: isBinary ? layer.scale.map(() => choice.magnitude(1)) : layer.scale, bias };
  });
  const statistics = new Map<number, Statistics>();
  const isRandom = choice.isOnceIn(4);
  layers.forEach(({ kind, inputShape }, index) => {
    if (kind !== 'batch-norm') return;
    const before = toTrainedNetwork(spec, parameters, statistics);
    const channels = channelsOf(inputShape);
    statistics.set(
      index,
      isRandom ? someStatistics(choice, channels) : statisticsBefore(before, index, channels, inputs),
    );
  });
  return toTrainedNetwork(spec, parameters, statistics);
}

const resolved = (spec: NetworkSpec): readonly Layer[] =>
  spec.layers.reduce<readonly Layer[]>(
    (before, layer, index) => [...before, resolveLayer(spec, layer, index, before)],
    [],
  );

function someStatistics({ random }: Choice, channels: number): Statistics {
  const mean = Float32Array.from({ length: channels }, () => random.uniform(-3, 3));
  return { mean, variance: Float32Array.from({ length: channels }, () => random.uniform(0.1, 9)) };
}

/** Of the values that reach a layer. */
function statisticsBefore(
  network: TrainedNetwork,
  index: number,
  channels: number,
  inputs: readonly Uint8Array[],
): Statistics {
  const outputsOf = hardOutputs({ ...network, layers: network.layers.slice(0, index) });
  const rows = inputs.map((input) => (index === 0 ? Float64Array.from(input) : outputsOf(input)));
  const per = Array.from({ length: channels }, (_, channel) =>
    rows.flatMap((row) => [...row].filter((_value, at) => at % channels === channel)),
  );
  const mean = Float32Array.from(per, (values) => values.reduce((sum, value) => sum + value, 0) / values.length);
  const variance = Float32Array.from(per, (values, channel) =>
    Math.max(0.1, values.reduce((sum, value) => sum + (value - mean[channel]) ** 2, 0) / values.length),
  );
  return { mean, variance };
}
