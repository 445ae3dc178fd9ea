import type { Dataset } from '../train/datasets/dataset.js';
import { withCentredInputs } from '../train/recipes/centre-inputs.js';
import { withClasses } from '../train/recipes/fit-classes.js';
import { withLearntThresholds } from '../train/recipes/learn-thresholds.js';
import type { Recipe } from '../train/recipes/recipes.js';
import { isOriginalData, taskOfRecipe } from './data.js';
import type { Note } from './observer.js';

export interface FittedRecipe {
  readonly recipe: Recipe;
  /** What was changed. */
  readonly notes: readonly Note[];
}

export interface FitOptions {
  /** The folder that the data was loaded from, if any. */
  readonly data?: string | undefined;
  /** False leaves the inputs as they are (true). */
  readonly normalize?: boolean | undefined;
}

/**
 * Fits a recipe to the data that it is trained on: as many outputs as there are classes, the thresholds of its thermometer
 * and, for data of the user's own, inputs less their means.
 * @param recipe one that ships, or a user's own
 */
export async function fitRecipe(
  recipe: Recipe,
  dataset: Dataset,
  { data, normalize = true }: FitOptions = {},
): Promise<FittedRecipe> {
  const isOwn = dataset.channels !== undefined || !(await isOriginalData(data, taskOfRecipe(recipe)));
  return fitToData(recipe, dataset, normalize && isOwn);
}

/** Fits a recipe to the data. @param centres whether inputs of a dense first layer go in less their means */
export function fitToData(recipe: Recipe, { train }: Dataset, centres: boolean): FittedRecipe {
  const { classes } = train;
  const classified = withClasses(recipe, classes);
  const fitted = withLearntThresholds(classified, train);
  const notes: readonly Note[] = [
    ...(classified === recipe ? [] : [{ kind: 'classes-fitted', classes } as const]),
    ...(fitted === classified ? [] : [learntNote(fitted, train.count)]),
  ];
  if (!centres) return { recipe: fitted, notes };
  const centred = withCentredInputs(fitted, train);
  if (centred === fitted) return { recipe: fitted, notes };
  const { divisor } = centred.network;
  return { recipe: centred, notes: [...notes, { kind: 'inputs-centred', examples: train.count, divisor }] };
}

function learntNote({ network }: Recipe, examples: number): Note {
  const [first] = network.layers;
  const thresholds = (first.kind === 'thermometer' && first.thresholds) || [];
  return { kind: 'thresholds-learnt', examples, levels: thresholds[0]?.length ?? 0, channels: thresholds.length };
}
