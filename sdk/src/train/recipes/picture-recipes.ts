import { defaultAdam } from '../learning/adam.js';
import type { AdamSettings } from '../learning/adam.js';
import type { BinarizationMode, NetworkSpec } from '../network/network.js';
import type { PushSettings } from '../schedules/push.js';
import type { AdaptiveSchedule, FixedSchedule, Schedule, StagnationSchedule } from '../schedules/schedules.js';
import { activationsAhead, boundedSchedule, pushTogether, rise } from '../schedules/schedules.js';
import { dogCatNetwork, resNet20Network, speechNetwork, vggSmallNetwork } from './picture-networks.js';
import type { Recipe } from './recipes.js';

const modes: readonly BinarizationMode[] = ['both', 'weights', 'activations', 'real'];

/** Where k starts: 1 for weights; 2 for `H`, which is the authors' tanh at 1. */
const start = { kWeight: 1, kActivation: 2 };

interface Pace {
  readonly epochs: number;
  /** The learning rate at the start, and how it falls with k. */
  readonly initial: number;
  readonly power: number;
  readonly patience: number;
}

/** What the authors' trainers have in common: k times 1.5, the rate following the activations when they are pushed. */
function pushSettings(pushes: PushSettings['pushes'], { initial, power, patience, epochs }: Pace) {
  const follows = pushes === 'weights' ? 'kWeight' : 'kActivation';
  const learningRate = { initial: initial / 10, k0: start[follows], power, follows } as const;
  return { pushes, start, ratio: 1.5, patience, learningRate, warmUp: { epochs, factor: 10 }, maxEpochs: epochs + 600 };
}

/** Nothing to push: as long as the others' warm-up, at their rate. */
function realSchedule({ initial, epochs }: Pace): Schedule {
  const learningRate = { initial, k0: 1, power: 0, follows: 'kWeight' } as const;
  return { phases: pushTogether([[1, epochs]]), learningRate };
}

function adaptive(mode: BinarizationMode, pace: Pace): Schedule {
  if (mode === 'real') return realSchedule(pace);
  const schedule: AdaptiveSchedule = { kind: 'adaptive', target: 1, maxPushes: 3, ...pushSettings(mode, pace) };
  return schedule;
}

function stagnation(mode: BinarizationMode, pace: Pace): Schedule {
  if (mode === 'real') return realSchedule(pace);
  const rule = { kind: 'stagnation', keep: 0.6, stopAfter: 3, maxPushes: 1 } as const;
  const schedule: StagnationSchedule = { ...rule, ...pushSettings(mode, pace) };
  return schedule;
}

const modeNames: Readonly<Record<BinarizationMode, string>> = {
  both: 'binary weights and activations',
  weights: 'binary weights',
  activations: 'binary activations',
  real: 'nothing binary',
};

function recipe(
  network: NetworkSpec,
  what: string,
  rest: Omit<Recipe, 'name' | 'description' | 'network' | 'adam'> & Pick<Partial<Recipe>, 'adam'>,
): Recipe {
  return {
    name: network.name,
    description: `${what}: ${modeNames[network.mode]}`,
    network,
    adam: defaultAdam,
    ...rest,
  };
}

/**
 * The same network for schedules that train on when it is sharp: latent weights of its convolutions but the first one stay
 * where they can turn, activations keep the gradient of softer ones.
 */
function bounded(
  network: NetworkSpec,
  { latentBound, gradientSharpness }: { readonly latentBound: number; readonly gradientSharpness: number },
): NetworkSpec {
  const layers = network.layers.map((layer) => {
    const isBounded = layer.kind === 'convolution' || (layer.kind === 'add' && layer.shortcut !== undefined);
    if (isBounded && layer.realIn === undefined) return { ...layer, latentBound };
    return layer.kind === 'activation' ? { ...layer, gradientSharpness } : layer;
  });
  return { ...network, layers };
}

/** The authors': shifts by an eighth, and mirrors. */
const pictureAugmentation = { maxShift: 8, fill: 'nearest', mirrors: true } as const;

/**
 * Cats and dogs in 64 x 64 grey pictures: 60 epochs, most of them below k = 22, because both kinds of network learn most
 * there, and the activations sharp by k = 14, so that weights and thresholds have time to follow them (docs/results/dog-cat.md).
 */
export function dogCatRecipe(mode: BinarizationMode): Recipe {
  const schedule = boundedSchedule([[3, 6], ...rise(3.2, 22, 34), ...rise(22, 999, 16), [999, 4]], 6e-3);
  return recipe(bounded(dogCatNetwork(mode), { latentBound: 3, gradientSharpness: 4 }), 'cats and dogs', {
    batchSize: 50,
    schedule: activationsAhead(schedule, { after: 6, epochs: 28 }),
    augmentation: pictureAugmentation,
  });
}

/**
 * Spoken digits, a second each in mu-law: 40 epochs, the activations ahead; clips vary as voices do that were never heard, and what
 * is binary learns from the network with nothing binary, trained before (docs/results/speech.md).
 */
export function speechRecipe(mode: BinarizationMode): Recipe {
  const schedule = boundedSchedule([[3, 5], ...rise(3.2, 22, 20), ...rise(22, 999, 12), [999, 3]], 6e-3);
  return recipe(bounded(speechNetwork(mode), { latentBound: 3, gradientSharpness: 4 }), 'spoken digits', {
    batchSize: 32,
    schedule: activationsAhead(schedule, { after: 5, epochs: 18 }),
    augmentation: {
      ...{ kind: 'sound', maxShift: 800, maxGain: 6, maxNoise: 0.05 },
      ...{ maxSpeed: 0.2, maxTilt: 0.9, maxColour: 0.6 },
    },
    ...(mode === 'real' ? {} : { softTargets: { from: 'real', temperature: 2, weight: 0.7 } }),
  });
}

/** By the authors' adaptive schedule: 80 epochs before the first push and up to 600 more. */
function byAuthors(network: NetworkSpec, what: string, rest: Pick<Recipe, 'augmentation'> = {}): Recipe {
  const schedule = adaptive(network.mode, { epochs: 80, initial: 0.01, power: 0.3, patience: 15 });
  const { name, description, ...trained } = recipe(network, what, { ...rest, batchSize: 100, schedule });
  return { ...trained, name: `${name}-authors`, description: `${description}, by the authors' schedule` };
}

export const dogCatAuthorsRecipe = (mode: BinarizationMode): Recipe =>
  byAuthors(dogCatNetwork(mode), 'cats and dogs', { augmentation: pictureAugmentation });

export const speechAuthorsRecipe = (mode: BinarizationMode): Recipe => byAuthors(speechNetwork(mode), 'spoken digits');

/** Shifts by an eighth of 32 pixels, and mirrors. */
const colourAugmentation = { maxShift: 4, fill: 'nearest', mirrors: true } as const;

/** CIFAR-10 with VGG-Small; 128 is the usual width. */
export function vggSmallRecipe(mode: BinarizationMode, width = 128): Recipe {
  return recipe(vggSmallNetwork(mode, width), 'CIFAR-10, VGG-Small', {
    batchSize: 125,
    schedule: adaptive(mode, { epochs: 100, initial: 1e-3, power: mode === 'weights' ? 0 : 0.3, patience: 30 }),
    augmentation: { maxShift: 4, fill: 'nearest', mirrors: true },
  });
}

/** The sharpness of weights that were trained as real ones: soft enough at first that nothing is lost, signs at the end. */
const hardening: readonly (readonly [k: number, epochs: number])[] = [
  ...rise(3, 30, 42),
  ...rise(30, 999, 14),
  [999, 4],
];

/** The sharpness of activations: steps after three fifths of the epochs. */
const stepping: readonly (readonly [k: number, epochs: number])[] = [[3, 5], ...rise(3.2, 999, 25), [999, 20]];

const rounded = (k: number): number => Number(k.toPrecision(3));

const resNet20Phases: Readonly<Record<BinarizationMode, FixedSchedule['phases']>> = {
  real: pushTogether([[1, 50]]),
  activations: stepping.map(([k, epochs]) => ({ kWeight: 3, kActivation: rounded(k), epochs })),
  weights: hardening.map(([k, epochs]) => ({ kWeight: rounded(k), kActivation: 999, epochs })),
  both: hardening.map(([k, epochs]) => ({ kWeight: rounded(k), kActivation: 999, epochs })),
};

/** Over all epochs together, real weights shrink by a factor of about e. */
const decayingAdam: AdamSettings = { ...defaultAdam, weightDecay: 0.025 };

/**
 * CIFAR-10 with ResNet-20, one step of the binarization after the other: weights become binary in a network that was trained to its end
 * with real ones (docs/results/cifar10.md). Shards of 64 pictures, so that two cores learn.
 */
export function resNet20Recipe(mode: BinarizationMode, width = 16): Recipe {
  const network = bounded(resNet20Network(mode, width, 0), { latentBound: 3, gradientSharpness: 4 });
  const isReal = mode === 'real';
  return recipe(network, 'CIFAR-10, ResNet-20', {
    ...{ batchSize: 128, shards: 2 },
    adam: decayingAdam,
    schedule: {
      phases: resNet20Phases[mode],
      learningRate: { initial: 5e-3, k0: isReal ? 1 : 3, power: isReal ? 0 : 1, follows: 'kWeight' },
      anneal: 'cosine',
    },
    augmentation: colourAugmentation,
    ...(isReal ? {} : { softTargets: { from: 'real', temperature: 2, weight: 0.7 } }),
  });
}

/** By the authors' schedule. Mode both is meant to start from a network of mode activations, weights from a real one. */
export function resNet20AuthorsRecipe(mode: BinarizationMode, width = 16): Recipe {
  const { name, description, ...trained } = recipe(resNet20Network(mode, width), 'CIFAR-10, ResNet-20', {
    batchSize: 125,
    schedule: stagnation(mode, { epochs: 80, initial: 0.01, power: mode === 'weights' ? 0 : 1, patience: 15 }),
    augmentation: colourAugmentation,
  });
  return { ...trained, name: `${name}-authors`, description: `${description}, by the authors' schedule` };
}

/** Every picture and sound recipe in every mode; their data is not with this package. */
export const pictureRecipes: readonly Recipe[] = [
  dogCatRecipe,
  dogCatAuthorsRecipe,
  speechRecipe,
  speechAuthorsRecipe,
  vggSmallRecipe,
  resNet20Recipe,
  resNet20AuthorsRecipe,
].flatMap((make) => modes.map((mode) => make(mode)));
