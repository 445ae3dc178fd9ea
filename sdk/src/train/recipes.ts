import type { AdamSettings } from './adam.js';
import { defaultAdam } from './adam.js';
import type { BinarizationMode, NetworkSpec } from './network.js';
import type { Schedule } from './schedules.js';
import { pushTogether } from './schedules.js';

/** Everything that decides a training but the data and the seed, as plain data. */
export interface Recipe {
  readonly name: string;
  readonly description: string;
  readonly network: NetworkSpec;
  readonly batchSize: number;
  readonly schedule: Schedule;
  readonly adam: AdamSettings;
}

/** The authors' MNIST network: 784 - 128 - 10, dropout 0.2 after the hidden activation, 8-bit pixels. */
export function mnistNetwork(mode: BinarizationMode, hiddenUnits = 128, dropout = 0.2): NetworkSpec {
  return {
    name: `mnist-${mode}`,
    inputs: 784,
    inputBits: 8,
    divisor: 255,
    layers: [
      { units: hiddenUnits, activation: 'RL', dropout },
      { units: 10, activation: 'none' },
    ],
    mode,
  };
}

const authorsPhases = pushTogether([
  [3, 8],
  [10, 3],
  [20, 3],
  [50, 3],
  [100, 3],
  [300, 3],
  [500, 3],
  [999, 3],
]);

const mnistBoth: Recipe = {
  name: 'mnist-both',
  description: "the authors' recipe: binary weights and activations, 29 epochs",
  network: mnistNetwork('both'),
  batchSize: 32,
  schedule: {
    phases: authorsPhases,
    learningRate: { initial: 1e-3, k0: 3, power: 0.2, follows: 'kWeight' },
  },
  adam: defaultAdam,
};

const mnistWeights: Recipe = {
  ...mnistBoth,
  name: 'mnist-weights',
  description: "the authors' recipe: binary weights, real ReLU, 29 epochs",
  network: mnistNetwork('weights'),
};

const mnistActivations: Recipe = {
  ...mnistBoth,
  name: 'mnist-activations',
  description: "the authors' recipe: real weights, binary activations, 13 epochs",
  network: mnistNetwork('activations'),
  schedule: {
    phases: pushTogether([
      [1.5, 8],
      [6, 3],
      [1001, 2],
    ]),
    learningRate: { initial: 1e-3, k0: 1.5, power: 0.3, follows: 'kActivation' },
  },
};

export const recipes: readonly Recipe[] = [mnistBoth, mnistWeights, mnistActivations];

/** The recipe of that name, or undefined. */
export function findRecipe(name: string): Recipe | undefined {
  return recipes.find((recipe) => recipe.name === name);
}
