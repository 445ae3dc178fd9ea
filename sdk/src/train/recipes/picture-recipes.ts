import type { BinarizationMode, NetworkSpec } from '../network/network.js';
import { activationsAhead, boundedSchedule, rise } from '../schedules/schedules.js';
import { adaptive } from './authors-schedules.js';
import { resNet20AuthorsRecipe, resNet20Recipe, vggSmallAuthorsRecipe, vggSmallRecipe } from './cifar10-recipes.js';
import { bounded, byAuthors, makeRecipe } from './make-recipe.js';
import { dogCatNetwork, speechNetwork } from './picture-networks.js';
import type { Recipe } from './recipes.js';

const modes: readonly BinarizationMode[] = ['both', 'weights', 'activations', 'real'];

/** The authors': shifts by an eighth, and mirrors. */
const pictureAugmentation = { maxShift: 8, fill: 'nearest', mirrors: true } as const;

/**
 * Cats and dogs in 64 x 64 grey pictures: 60 epochs, most of them below k = 22, because both kinds of network learn
 * most there, and the activations sharp by k = 14, so that weights and thresholds have time to follow them
 * (docs/results/dog-cat.md).
 */
export function dogCatRecipe(mode: BinarizationMode): Recipe {
  const schedule = boundedSchedule([[3, 6], ...rise(3.2, 22, 34), ...rise(22, 999, 16), [999, 4]], 6e-3);
  return makeRecipe(bounded(dogCatNetwork(mode), { latentBound: 3, gradientSharpness: 4 }), 'cats and dogs', {
    batchSize: 50,
    schedule: activationsAhead(schedule, { after: 6, epochs: 28 }),
    augmentation: pictureAugmentation,
  });
}

/**
 * Makes the recipe for spoken digits, a second each in mu-law: 40 epochs, the activations ahead; clips vary as voices
 * do that were never heard, and what is binary learns from the network with nothing binary, trained before
 * (docs/results/speech.md).
 */
export function speechRecipe(mode: BinarizationMode): Recipe {
  const schedule = boundedSchedule([[3, 5], ...rise(3.2, 22, 20), ...rise(22, 999, 12), [999, 3]], 6e-3);
  return makeRecipe(bounded(speechNetwork(mode), { latentBound: 3, gradientSharpness: 4 }), 'spoken digits', {
    batchSize: 32,
    schedule: activationsAhead(schedule, { after: 5, epochs: 18 }),
    augmentation: {
      kind: 'sound',
      maxShift: 800,
      maxGain: 6,
      maxNoise: 0.05,
      maxSpeed: 0.2,
      maxTilt: 0.9,
      maxColour: 0.6,
    },
    ...(mode === 'real' ? {} : { softTargets: { from: 'real', temperature: 2, weight: 0.7 } }),
  });
}

/** Makes a recipe by the authors' adaptive schedule: 80 epochs before the first push and up to 600 more. */
const withAuthorsSchedule = (network: NetworkSpec, what: string, rest: Pick<Recipe, 'augmentation'> = {}): Recipe =>
  byAuthors(network, what, {
    ...rest,
    batchSize: 100,
    schedule: adaptive(network.mode, { epochs: 80, initial: 0.01, power: 0.3, patience: 15 }),
  });

export const dogCatAuthorsRecipe = (mode: BinarizationMode): Recipe =>
  withAuthorsSchedule(dogCatNetwork(mode), 'cats and dogs', { augmentation: pictureAugmentation });

export const speechAuthorsRecipe = (mode: BinarizationMode): Recipe =>
  withAuthorsSchedule(speechNetwork(mode), 'spoken digits');

/** Every picture and sound recipe in every mode; their data is not with this package. */
export const pictureRecipes: readonly Recipe[] = [
  dogCatRecipe,
  dogCatAuthorsRecipe,
  speechRecipe,
  speechAuthorsRecipe,
  (mode: BinarizationMode) => vggSmallRecipe(mode),
  (mode: BinarizationMode) => vggSmallRecipe(mode, 64),
  (mode: BinarizationMode) => vggSmallAuthorsRecipe(mode),
  (mode: BinarizationMode) => resNet20Recipe(mode),
  (mode: BinarizationMode) => resNet20AuthorsRecipe(mode),
].flatMap((make) => modes.map((mode) => make(mode)));
