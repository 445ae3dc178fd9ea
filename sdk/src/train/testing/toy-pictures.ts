import { encodeMuLaw } from '../../model/mu-law.js';
import { Random } from '../../random.js';
import type { Dataset, Examples } from '../datasets/dataset.js';
import { defaultAdam } from '../learning/adam.js';
import type { LayerSpec } from '../network/layer-specs.js';
import { product } from '../network/layers.js';
import type { BinarizationMode, NetworkSpec } from '../network/network.js';
import type { Recipe } from '../recipes/recipes.js';
import { pushTogether } from '../schedules/schedules.js';

/** Returns noisy pictures [height, width, channels] of some classes, each with its own pattern. */
export function toyPictures(shape: readonly number[], count: number, seed: number, classes = 3): Examples {
  const size = product(shape);
  const prototypes = Random.fromSeed(5, 'prototypes');
  const patterns = Array.from({ length: classes * size }, () => (prototypes.uniform() < 0.5 ? 50 : 200));
  const random = Random.fromSeed(seed, 'pictures');
  const valueAt = (label: number, index: number) => patterns[label * size + index] + random.uniform(-50, 50);
  return fill(shape, count, classes, valueAt);
}

/** Tones [length, 1] in mu-law, a little noise in them: each class has its own pitch. */
export function toySounds(shape: readonly number[], count: number, seed: number, classes = 3): Examples {
  const random = Random.fromSeed(seed, 'sounds');
  const valueAt = (label: number, index: number) =>
    encodeMuLaw(8000 * Math.sin((index * (label + 1)) / 2) + random.uniform(-2000, 2000));
  return fill(shape, count, classes, valueAt);
}

function fill(
  shape: readonly number[],
  count: number,
  classes: number,
  valueAt: (label: number, index: number) => number,
): Examples {
  const size = product(shape);
  const labels = Uint8Array.from({ length: count }, (_, example) => example % classes);
  const values = Uint8Array.from({ length: count * size }, (_, at) =>
    valueAt(labels[Math.floor(at / size)], at % size),
  );
  return { count, shape, values, labels, classes };
}

/** Returns Pictures, or sounds when the shape is a line's. */
export function toyPictureDataset(shape: readonly number[], classes = 3, count = 60): Dataset {
  const make = shape.length === 2 ? toySounds : toyPictures;
  return {
    name: 'toy pictures',
    source: 'made up',
    train: make(shape, count, 1, classes),
    validation: make(shape, 30, 2, classes),
    test: make(shape, 30, 3, classes),
  };
}

/** Every kind of layer once or more: 8 x 6 pictures of two channels, a residual with a shortcut and one without. */
export const everyLayer: readonly LayerSpec[] = [
  { kind: 'normalize', mean: [120, 125], deviation: [80, 75] },
  { kind: 'convolution', filters: 4, size: 3, realIn: ['both'] },
  { kind: 'max-pool', size: [2, 1] },
  { kind: 'batch-norm' },
  { kind: 'activation', activation: 'sigmoid' },
  { kind: 'dropout', rate: 0.1 },
  { kind: 'convolution', filters: 6, size: [3, 2], stride: 2 },
  { kind: 'batch-norm' },
  { kind: 'add', from: 4, shortcut: { filters: 6, stride: 2 } },
  { kind: 'batch-norm' },
  { kind: 'activation', activation: 'tanh' },
  { kind: 'convolution', filters: 6, size: 3 },
  { kind: 'add', from: 10 },
  { kind: 'average-pool', size: 2, stride: 1 },
  { kind: 'batch-norm' },
  { kind: 'activation', activation: 'relu' },
  { kind: 'flatten' },
  { units: 3, activation: 'none', realIn: ['both'] },
];

export function everyLayerNetwork(mode: BinarizationMode): NetworkSpec {
  const shape = { inputs: 96, inputShape: [8, 6, 2], inputBits: 8, divisor: 1 };
  return { name: `every-layer-${mode}`, ...shape, layers: everyLayer, mode };
}

/** Returns a line through a convolution, its mean, and a dense layer: what speech takes. */
export function lineNetwork(mode: BinarizationMode): NetworkSpec {
  return {
    name: `line-${mode}`,
    inputs: 40,
    inputShape: [40, 1],
    inputBits: 8,
    divisor: 1,
    layers: [
      { kind: 'mu-law' },
      { kind: 'standardize' },
      { kind: 'convolution', filters: 4, size: 5, padding: 'valid' },
      { kind: 'max-pool', size: 4 },
      { kind: 'batch-norm' },
      { kind: 'activation', activation: 'sigmoid' },
      { kind: 'convolution', filters: 5, size: 3, stride: 2 },
      { kind: 'batch-norm' },
      { kind: 'activation', activation: 'relu' },
      { kind: 'global-average-pool' },
      { units: 3, activation: 'none' },
    ],
    mode,
  };
}

export function pictureRecipe(network: NetworkSpec): Recipe {
  return {
    name: network.name,
    description: 'for tests',
    network,
    batchSize: 12,
    schedule: {
      phases: pushTogether([
        [2, 3],
        [20, 2],
        [500, 2],
      ]),
      learningRate: { initial: 0.02, k0: 2, power: 0.2, follows: 'kWeight' },
    },
    adam: defaultAdam,
  };
}
