import { type AdamSettings, defaultAdam } from '../learning/adam.js';
import type { BinarizationMode, NetworkSpec } from '../network/network.js';
import { type FixedSchedule, pushApart, pushTogether, rise, type Steps } from '../schedules/schedules.js';
import { adaptive, stagnation } from './authors-schedules.js';
import { bounded, byAuthors, makeRecipe } from './make-recipe.js';
import { resNet20Network, vggSmallNetwork } from './picture-networks.js';
import type { Recipe } from './recipes.js';

/** Shifts by an eighth of 32 pixels, and mirrors. */
const augmentation = { maxShift: 4, fill: 'nearest', mirrors: true } as const;

type Phases = Readonly<Record<BinarizationMode, FixedSchedule['phases']>>;

/**
 * The sharpness of weights that were trained as real ones: soft enough at first that nothing is lost, signs at the end.
 */
const hardening: Steps = [...rise(3, 30, 42), ...rise(30, 999, 14), [999, 4]];

/** The sharpness of activations: steps after three fifths of the epochs. */
const stepping: Steps = [[3, 5], ...rise(3.2, 999, 25), [999, 20]];

const resNet20Phases: Phases = {
  real: pushTogether([[1, 50]]),
  activations: pushApart([[3, 50]], stepping),
  weights: pushApart(hardening, [[999, 60]]),
  both: pushApart(hardening, [[999, 60]]),
};

/** Activations are steps before the weights harden, in one training. */
const steppingEarly: Steps = [[3, 3], ...rise(3.2, 999, 17), [999, 40]];
const hardeningLate: Steps = [[3, 16], ...rise(3, 30, 27), ...rise(30, 999, 13), [999, 4]];

const vggSmallPhases: Phases = {
  real: pushTogether([[1, 60]]),
  activations: pushApart([[3, 60]], steppingEarly),
  weights: pushApart(hardening, [[999, 60]]),
  both: pushApart(hardeningLate, steppingEarly),
};

/**
 * Returns what both networks have in common: shards of 64 pictures, so that two cores learn, a rate that falls to 0 by
 * a cosine, and a real network as the teacher of the binary ones (docs/results/cifar10.md).
 */
function stepwise(network: NetworkSpec, what: string, phases: Phases, initial: number, adam: AdamSettings): Recipe {
  const { mode } = network;
  return makeRecipe(bounded(network, { latentBound: 3, gradientSharpness: 4 }), `CIFAR-10, ${what}`, {
    batchSize: 128,
    shards: 2,
    adam,
    schedule: {
      phases: phases[mode],
      learningRate: { initial, k0: mode === 'real' ? 1 : 3, power: mode === 'real' ? 0 : 1, follows: 'kWeight' },
      anneal: 'cosine',
    },
    augmentation,
    ...(mode === 'real' ? {} : { softTargets: { from: 'real', temperature: 2, weight: 0.7 } }),
  });
}

/**
 * Returns ResNet-20, one step of the binarization after the other: weights become binary in a network that was trained
 * to its end with real ones.
 */
export function resNet20Recipe(mode: BinarizationMode, width = 16): Recipe {
  return stepwise(resNet20Network(mode, width, 0), 'ResNet-20', resNet20Phases, 5e-3, {
    ...defaultAdam,
    weightDecay: 0.025,
  });
}

/** Returns VGG-Small. Mode both goes on from the real network, its activations first. */
export function vggSmallRecipe(mode: BinarizationMode, width = 128): Recipe {
  const network = vggSmallNetwork(mode, width, 0);
  return stepwise(network, `VGG-Small of width ${width}`, vggSmallPhases, 3e-3, { ...defaultAdam, weightDecay: 0.03 });
}

/** Makes a recipe for VGG-Small by the authors' schedule; 128 is the usual width. */
export function vggSmallAuthorsRecipe(mode: BinarizationMode, width = 128): Recipe {
  const schedule = adaptive(mode, { epochs: 100, initial: 1e-3, power: mode === 'weights' ? 0 : 0.3, patience: 30 });
  const network = vggSmallNetwork(mode, width);
  return byAuthors(network, 'CIFAR-10, VGG-Small', { batchSize: 125, schedule, augmentation });
}

/**
 * Makes a recipe for ResNet-20 by the authors' schedule. Mode both is meant to start from a network of mode
 * activations, weights from a real one.
 */
export function resNet20AuthorsRecipe(mode: BinarizationMode, width = 16): Recipe {
  const schedule = stagnation(mode, { epochs: 80, initial: 0.01, power: mode === 'weights' ? 0 : 1, patience: 15 });
  const network = resNet20Network(mode, width);
  return byAuthors(network, 'CIFAR-10, ResNet-20', { batchSize: 125, schedule, augmentation });
}
