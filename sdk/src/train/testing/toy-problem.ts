import { Random } from '../../random.js';
import type { Dataset, Examples } from '../datasets/dataset.js';
import { defaultAdam } from '../learning/adam.js';
import type { BinarizationMode, DenseSpec, NetworkSpec } from '../network/network.js';
import type { Recipe } from '../recipes/recipes.js';
import { pushTogether } from '../schedules/schedules.js';

const INPUTS = 12;
const CLASSES = 3;

/** Returns three noisy byte patterns, easy enough for a few bits: trainings in tests take a fraction of a second. */
export function toyExamples(count: number, seed: number): Examples {
  const prototypes = Random.fromSeed(99, 'prototypes');
  const patterns = Array.from({ length: CLASSES * INPUTS }, () => (prototypes.uniform() < 0.5 ? 40 : 215));
  const random = Random.fromSeed(seed, 'examples');
  const values = new Uint8Array(count * INPUTS);
  const labels = new Uint8Array(count);
  for (let example = 0; example < count; example++) {
    const label = example % CLASSES;
    labels[example] = label;
    for (let input = 0; input < INPUTS; input++) {
      values[example * INPUTS + input] = patterns[label * INPUTS + input] + random.uniform(-40, 40);
    }
  }
  return { count, shape: [3, 4], values, labels, classes: CLASSES };
}

export function toyDataset(): Dataset {
  return {
    name: 'toy',
    source: 'made up',
    train: toyExamples(150, 1),
    validation: toyExamples(45, 2),
    test: toyExamples(60, 3),
  };
}

/** Of dense layers only. */
export function toyNetwork(mode: BinarizationMode): NetworkSpec & { readonly layers: readonly DenseSpec[] } {
  return {
    name: `toy-${mode}`,
    inputs: INPUTS,
    inputBits: 8,
    divisor: 255,
    layers: [
      { units: 16, activation: 'rectified-tanh', dropout: 0.1 },
      { units: CLASSES, activation: 'none' },
    ],
    mode,
  };
}

/** Returns six epochs of ten steps, the last of them 6 examples; the sharpness is pushed twice. */
export function toyRecipe(mode: BinarizationMode = 'both') {
  return {
    name: 'toy',
    description: 'for tests',
    network: toyNetwork(mode),
    batchSize: 16,
    schedule: {
      phases: pushTogether([
        [3, 2],
        [20, 2],
        [500, 2],
      ]),
      learningRate: { initial: 0.05, k0: 3, power: 0.2, follows: 'kWeight' },
    },
    adam: defaultAdam,
  } as const satisfies Recipe;
}
