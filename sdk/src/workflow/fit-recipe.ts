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

/**
 * Fits a recipe to the data that it is trained on: as many outputs as there are classes and, for data of the user's own, inputs less
 * their means.
 * @param recipe one that ships, or a user's own
 * @param options.data the folder that the data was loaded from, if any
 * @param options.normalize false leaves the inputs as they are
 */
export async function fitRecipe(
  recipe: Recipe,
  { train, channels }: Dataset,
  { data, normalize = true }: { readonly data?: string | undefined; readonly normalize?: boolean | undefined } = {},
): Promise<FittedRecipe> {
  const { classes } = train;
  const fitted = withClasses(recipe, classes);
  const notes: readonly Note[] = fitted === recipe ? [] : [{ kind: 'classes-fitted', classes }];
  const isOwn = channels !== undefined || !(await isOriginalData(data, taskOfRecipe(recipe)));
  if (!normalize || !isOwn) return { recipe: fitted, notes };
  const centred = withCentredInputs(fitted, train);
  if (centred === fitted) return { recipe: fitted, notes };
  const { divisor } = centred.network;
  return { recipe: centred, notes: [...notes, { kind: 'inputs-centred', examples: train.count, divisor }] };
}
