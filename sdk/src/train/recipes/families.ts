import { DataError } from '@adiabit/simulator/errors';
import { catsAndDogs, colourPictures, handwrittenDigits, spokenDigits, type Task } from '../datasets/task.js';
import type { BinarizationMode } from '../network/network.js';
import type { StartingPoint } from '../network/starting-point.js';
import { logicRecipes } from './logic-recipes.js';
import { mnistConvolutionsRecipes } from './mnist-convolutions.js';
import { pictureRecipes } from './picture-recipes.js';
import { recipes, type Recipe } from './recipes.js';

/** Recipes for one network. The recipe of a mode is called `FAMILY-MODE`; there may be others. */
export interface ModeFamily {
  readonly name: string;
  /** What it learns. If absent, it is of a project, which has data of its own. */
  readonly task?: Task;
  readonly recipes: readonly Recipe[];
  /** Modes that go on from the network of another one instead of random weights. */
  readonly starts: Readonly<Partial<Record<BinarizationMode, FamilyStart>>>;
}

/** A family that ships. */
export interface RecipeFamily extends ModeFamily {
  readonly task: Task;
}

export interface FamilyStart {
  readonly from: BinarizationMode;
  readonly weights: StartingPoint['weights'];
}

/** Both kinds of binary weights go on from real ones. */
const fromReal = {
  weights: { from: 'real', weights: 'as-they-are' },
  both: { from: 'real', weights: 'as-they-are' },
} satisfies RecipeFamily['starts'];

const families: readonly Omit<RecipeFamily, 'recipes'>[] = [
  { name: 'mnist', task: handwrittenDigits, starts: {} },
  { name: 'mnist-convolutions', task: handwrittenDigits, starts: {} },
  { name: 'dog-cat', task: catsAndDogs, starts: {} },
  { name: 'speech', task: spokenDigits, starts: {} },
  { name: 'cifar10-vgg-small', task: colourPictures, starts: fromReal },
  { name: 'cifar10-vgg-small-64', task: colourPictures, starts: fromReal },
  {
    name: 'cifar10-resnet20',
    task: colourPictures,
    starts: { weights: fromReal.weights, both: { from: 'activations', weights: 'as-they-are' } },
  },
];

/** Returns the family with the longest name that the recipe's name begins with. */
const familyNameOf = ({ name }: Recipe): string | undefined =>
  families
    .map((family) => family.name)
    .filter((family) => name.startsWith(`${family}-`))
    .sort((one, other) => other.length - one.length)[0];

export const recipeFamilies: readonly RecipeFamily[] = families.map((family) => ({
  ...family,
  recipes: [...recipes, ...logicRecipes, ...mnistConvolutionsRecipes, ...pictureRecipes].filter(
    (recipe) => familyNameOf(recipe) === family.name,
  ),
}));

/** Every recipe that ships. */
export const allRecipes: readonly Recipe[] = recipeFamilies.flatMap((one) => one.recipes);

/** Returns the recipe of that name, or undefined. */
export function findRecipe(name: string): Recipe | undefined {
  return allRecipes.find((recipe) => recipe.name === name);
}

/** Returns the family that a recipe that ships belongs to. @throws DataError `data.not-found` */
export function familyOf(recipe: Recipe): RecipeFamily {
  const found = recipeFamilies.find(({ recipes: members }) => members.some(({ name }) => name === recipe.name));
  if (found) return found;
  throw new DataError('not-found', `The recipe "${recipe.name}" is of no family.`, { recipe: recipe.name });
}

/** Returns the recipe of a family for a mode. @throws DataError `data.not-found` naming the modes that there are */
export function recipeOfMode({ name, recipes: members }: ModeFamily, mode: BinarizationMode): Recipe {
  const found = members.find((recipe) => recipe.name === `${name}-${mode}`);
  if (found) return found;
  throw new DataError('not-found', `There is no recipe "${name}-${mode}".`, { family: name, mode });
}
