import { ModelError } from '@adiabit/simulator/errors';
import type { PolishPlan } from './polish-plan.js';
import type { Augmentation } from '../augmentation/augmentation.js';
import { neighbourShifts } from '../augmentation/shifts.js';
import { type AdamSettings, defaultAdam } from '../learning/adam.js';
import { checkSoftTargets, type SoftTargets } from '../learning/soft-targets.js';
import type { LayerSpec } from '../network/layer-specs.js';
import type { BinarizationMode, NetworkSpec } from '../network/network.js';
import { boundedSchedule, type FixedSchedule, pushTogether, rise, type Schedule } from '../schedules/schedules.js';

/** Everything that decides a training but the data and the seed, as plain data. */
export interface Recipe {
  readonly name: string;
  readonly description: string;
  readonly network: NetworkSpec;
  readonly batchSize: number;
  /**
   * A batch is learnt in this number of shards of equal size, each normalised by statistics of its own, and the
   * gradients are their mean: "ghost" batches (E. Hoffer et al., "Train longer, generalize better", NeurIPS 2017).
   * Threads can then share a batch out without changing a byte. If absent, 1: the whole batch at once.
   */
  readonly shards?: number;
  readonly schedule: Schedule;
  readonly adam: AdamSettings;
  /** Another network's outputs as part of what is learnt. If absent, the labels alone. */
  readonly softTargets?: SoftTargets;
  /** How every epoch varies the training examples. If absent, not at all. */
  readonly augmentation?: Augmentation;
  /** How the frozen network is polished after training. If absent, not at all. Only for mode `both`. */
  readonly polish?: PolishPlan;
}

/** A recipe whose sharpness follows a list. */
type FixedRecipe = Recipe & { readonly schedule: FixedSchedule };

/** Returns the authors' MNIST network: 784 - 128 - 10, dropout 0.2 after the hidden activation, 8-bit pixels. */
export function mnistNetwork(mode: BinarizationMode, hiddenUnits = 128, dropout = 0.2): NetworkSpec {
  return {
    name: `mnist-${mode}`,
    inputs: 784,
    inputBits: 8,
    divisor: 255,
    layers: [
      { units: hiddenUnits, activation: 'rectified-tanh', dropout },
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

const mnistBoth: FixedRecipe = {
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

/**
 * The same network in about half a minute: larger batches, a higher rate that falls faster, and a push every epoch
 * instead of every three. Hard test accuracy with seeds 1 to 4: 95.83, 95.86, 95.62, 95.63 %; mnist-both reaches
 * 96.37 % with seed 1. Found by trial.
 */
const mnistDemo: Recipe = {
  ...mnistBoth,
  name: 'mnist-demo',
  description: 'the network of mnist-both in about half a minute, 16 epochs',
  batchSize: 128,
  schedule: {
    phases: pushTogether([
      [3, 3],
      [4.5, 1],
      [7, 1],
      [10, 1],
      [15, 1],
      [22, 1],
      [33, 1],
      [50, 1],
      [75, 1],
      [110, 1],
      [170, 1],
      [250, 1],
      [500, 1],
      [999, 1],
    ]),
    learningRate: { initial: 4e-3, k0: 3, power: 0.4, follows: 'kWeight' },
  },
};

const warped: Augmentation = { maxShift: 1, warp: { maxRotationDegrees: 8, maxScale: 0.08, maxShear: 0.08 } };

/**
 * The circuit of mnist-both, trained otherwise. Batch normalisation folds into the thresholds when the network is
 * frozen; the hidden weights are kept where they can still turn, and the few of the output are sharper, so that the
 * hidden ones learn for the hard output. Found by trial: docs/results/mnist.md.
 */
const mnistBothPlus: Recipe = {
  ...mnistBoth,
  name: 'mnist-both-plus',
  description: 'the circuit of mnist-both, trained on warped images in 100 epochs, then polished',
  network: {
    ...mnistNetwork('both'),
    name: 'mnist-both-plus',
    layers: [
      { units: 128, activation: 'none', latentBound: 3 },
      { kind: 'batch-norm' },
      { kind: 'activation', activation: 'sigmoid' },
      { kind: 'dropout', rate: 0.3 },
      { units: 10, activation: 'none', sharpness: 5 },
    ],
  },
  batchSize: 128,
  schedule: boundedSchedule([[3, 8], ...rise(3.2, 5, 8), ...rise(5, 20, 50), ...rise(20, 999, 32), [999, 2]], 1.2e-2),
  augmentation: warped,
  polish: { sweeps: 3, margin: 3, shifts: neighbourShifts },
};

/** Three hidden layers of 1,024 units, trained likewise: the shape of FINN's LFC (Y. Umuroglu et al., FPGA 2017). */
const mnistLfc: Recipe = {
  ...mnistBoth,
  name: 'mnist-lfc',
  description: 'three hidden layers of 1,024 units, trained on warped images in 31 epochs',
  network: {
    ...mnistNetwork('both'),
    name: 'mnist-lfc',
    layers: [
      ...[0, 1, 2].flatMap((): LayerSpec[] => [
        { units: 1024, activation: 'none', latentBound: 3 },
        { kind: 'batch-norm' },
        { kind: 'activation', activation: 'sigmoid' },
      ]),
      { kind: 'dropout', rate: 0.1 },
      { units: 10, activation: 'none', sharpness: 5 },
    ],
  },
  batchSize: 128,
  schedule: boundedSchedule(
    [
      [3, 3],
      ...[3.6, 4.3, 5, 5.8, 6.6, 7.5, 8.5, 9.6, 10.8, 12.2, 13.8, 15.6, 17.6, 20, 23, 27].map((k) => [k, 1] as const),
      ...[32, 40, 50, 65, 90, 120, 170, 250, 400, 600].map((k) => [k, 1] as const),
      [999, 2],
    ],
    6e-3,
  ),
  augmentation: warped,
};

/** The same schedule as mnist-both: there is nothing to push, but the learning rate falls alike, so the gap is fair. */
const mnistReal: Recipe = {
  ...mnistBoth,
  name: 'mnist-real',
  description: 'nothing binary, 29 epochs: what the other recipes are measured against',
  network: mnistNetwork('real'),
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

/** The recipes for MNIST. */
export const recipes: readonly Recipe[] = [
  mnistDemo,
  mnistBoth,
  mnistBothPlus,
  mnistLfc,
  mnistWeights,
  mnistActivations,
  mnistReal,
];

/**
 * Checks the settings of a training that are no data.
 * @throws ModelError `model.bad-value` for a batch size, shards or threads that cannot be trained with, or a seed that
 * is no integer
 */
export function checkRun({ name, batchSize, shards = 1, softTargets }: Recipe, seed: number, threads = 1): void {
  const positive = (value: number) => Number.isInteger(value) && value >= 1;
  if (!positive(batchSize)) {
    const message = `Recipe '${name}': batchSize must be a positive integer, not ${batchSize}.`;
    throw new ModelError('bad-value', message, { recipe: name, batchSize });
  }
  if (!positive(shards) || shards > batchSize) {
    const message = `Recipe '${name}': shards must be an integer from 1 to the batch size ${batchSize}, not ${shards}.`;
    throw new ModelError('bad-value', message, { recipe: name, shards });
  }
  if (softTargets !== undefined) checkSoftTargets(softTargets, name);
  if (!positive(threads)) {
    throw new ModelError('bad-value', `threads must be a positive integer, not ${threads}.`, { threads });
  }
  if (!Number.isSafeInteger(seed)) {
    throw new ModelError('bad-value', `A seed is an integer of at most 53 bits, not ${seed}.`, { seed });
  }
}
