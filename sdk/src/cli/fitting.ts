/** What a recipe becomes for the data that it is trained on. */
import { Option } from 'commander';
import type { Dataset } from '../train/datasets/dataset.js';
import { withCentredInputs } from '../train/recipes/centre-inputs.js';
import { familyOf } from '../train/recipes/families.js';
import { withClasses } from '../train/recipes/fit-classes.js';
import type { Recipe } from '../train/recipes/recipes.js';
import { count } from '../text/format.js';
import { isTasksOwn } from './inputs.js';

/** With `normalize` in the flags, true if absent. */
export const normalizeOption = (): Option =>
  new Option(
    '--no-normalize',
    'leave inputs as they are. By default data of your own go into a dense first layer less the mean that each input has in the ' +
      'training part, all over one number; a frozen network has that in its thresholds',
  );

export interface FittedRecipe {
  readonly recipe: Recipe;
  /** What was changed, in lines. */
  readonly notes: readonly string[];
}

/**
 * The recipe with as many outputs as there are classes and, for data of the user's own, inputs less their means.
 * @param recipe one that ships
 */
export async function fittedRecipe(
  recipe: Recipe,
  { train }: Dataset,
  { data, normalize }: { readonly data?: string; readonly normalize: boolean },
): Promise<FittedRecipe> {
  const { classes } = train;
  const fitted = withClasses(recipe, classes);
  const notes = fitted === recipe ? [] : [`${classes} classes, so the last layer has ${classes} outputs`];
  if (!normalize || (await isTasksOwn(data, familyOf(recipe).task))) return { recipe: fitted, notes };
  const centred = withCentredInputs(fitted, train);
  if (centred === fitted) return { recipe: fitted, notes };
  const line =
    `inputs: each less its mean over the ${count(train.count)} training examples, divided by ${centred.network.divisor} ` +
    '(--no-normalize leaves them as they are)';
  return { recipe: centred, notes: [...notes, line] };
}
