import type { Dataset } from '../train/datasets/dataset.js';
import { withCentredInputs } from '../train/recipes/centre-inputs.js';
import { withClasses } from '../train/recipes/fit-classes.js';
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
 * Fits a recipe to the data that it is trained on: as many outputs as there are classes and, for data of the user's own, inputs less
 * their means.
 * @param recipe one that ships, or a user's own
 */
export async function fitRecipe(
  recipe: Recipe,
  { train }: Dataset,
  { data, normalize = true }: FitOptions = {},
): Promise<FittedRecipe> {
  const { classes } = train;
  const fitted = withClasses(recipe, classes);
  const notes: readonly Note[] = fitted === recipe ? [] : [{ kind: 'classes-fitted', classes }];
  if (!normalize || (await isOriginalData(data, taskOfRecipe(recipe)))) return { recipe: fitted, notes };
  const centred = withCentredInputs(fitted, train);
  if (centred === fitted) return { recipe: fitted, notes };
  const { divisor } = centred.network;
  return { recipe: centred, notes: [...notes, { kind: 'inputs-centred', examples: train.count, divisor }] };
}
