import { AppError, DataError } from '@adiabit/simulator/errors';
import { taskOfRecipe } from '@adiabit/sdk/workflow';
import {
  allRecipes,
  countEpochs,
  familyOf,
  findRecipe,
  reached,
  readRecipe,
  summarizeNetwork,
  type LayerSpec,
  type Recipe,
} from '@adiabit/sdk/train';
import type { RecipeChoice } from '../../common/contract/training.js';

/** A recipe as the page names it: one that ships, or JSON of the user's own. */
export type NamedRecipe = { readonly name: string } | { readonly json: string };

/** @throws AppError `app.not-found` if no recipe has that name, `app.bad-request` for a recipe with faults */
export function recipeOf(named: NamedRecipe): Recipe {
  if ('name' in named) {
    const found = findRecipe(named.name);
    if (found !== undefined) return found;
    throw new AppError('not-found', `There is no recipe "${named.name}". Choose one of the list.`);
  }
  const { recipe, issues } = readRecipe(named.json);
  if (recipe !== undefined) return recipe;
  const [{ path, message }] = issues;
  throw new AppError('bad-request', `The recipe has a fault${path === '' ? '' : ` at ${path}`}: ${message}.`);
}

let shipped: readonly RecipeChoice[] | undefined;

export const recipeChoices = (): readonly RecipeChoice[] => (shipped ??= allRecipes.map(choiceOf));

/** Says in a few words what a recipe is. */
export function choiceOf(recipe: Recipe): RecipeChoice {
  const { name, description, network, batchSize, schedule, polish, softTargets } = recipe;
  const task = taskIn(recipe);
  const { binaryParameters, realParameters } = summarizeNetwork(network);
  const ships = findRecipe(name) !== undefined;
  const known = ships ? reached[name] : undefined;
  return {
    name,
    description,
    examples: task === undefined ? `${network.inputs} values of sensors` : examplesOf(task.shape, task.kind),
    task: task?.name ?? name,
    mode: network.mode,
    layers: layersInWords(network.inputs, network.layers),
    binaryWeights: binaryParameters,
    realWeights: realParameters,
    batchSize,
    epochs: countEpochs(schedule),
    epochsAreFixed: schedule.kind === undefined || schedule.kind === 'fixed',
    polishes: polish !== undefined,
    ...(softTargets === undefined
      ? {}
      : { learnsFrom: ships ? `${familyOf(recipe).name}-${softTargets.from}` : softTargets.from }),
    ...(known === undefined ? {} : { reached: known }),
  };
}

/** Returns what a recipe learns from; undefined for values that are no pictures and no sounds. */
function taskIn(recipe: Recipe) {
  try {
    return taskOfRecipe(recipe);
  } catch (error) {
    if (error instanceof DataError) return undefined;
    throw error;
  }
}

const examplesOf = (shape: readonly number[], kind: string): string =>
  kind === 'sound'
    ? `sounds of ${shape[0]} samples`
    : `${shape[0]} × ${shape[1]} ${shape.length === 3 ? 'colour' : 'grey'} pictures`;

/** The layers that are named one by one. */
const MOST_NAMED = 6;

function layersInWords(inputs: number, layers: readonly LayerSpec[]): string {
  const words = layers.flatMap((layer) => {
    if (layer.kind === undefined || layer.kind === 'dense') return [String(layer.units)];
    if (layer.kind === 'convolution') return [`conv ${layer.filters}`];
    return [];
  });
  if (words.length <= MOST_NAMED) return [inputs, ...words].join(' – ');
  const convolutions = words.filter((word) => word.startsWith('conv')).length;
  return [inputs, `${convolutions} convolutions`, ...words.filter((word) => !word.startsWith('conv'))].join(' – ');
}
