import { DataError } from '@adiabit/simulator';
import { catsAndDogs, colourPictures, handwrittenDigits, spokenDigits, type Task } from '../datasets/task.js';
import type { BinarizationMode } from '../network/network.js';
import type { StartingPoint } from '../network/starting-point.js';
import { pictureRecipes } from './picture-recipes.js';
import { recipes, type Recipe } from './recipes.js';

/** Recipes for one network and one task. The recipe of a mode is called `FAMILY-MODE`; there may be others. */
export interface RecipeFamily {
  readonly name: string;
  readonly task: Task;
  readonly recipes: readonly Recipe[];
  /** Modes that go on from the network of another one instead of random weights. */
  readonly starts: Readonly<Partial<Record<BinarizationMode, FamilyStart>>>;
}

export interface FamilyStart {
  readonly from: BinarizationMode;
  readonly weights: StartingPoint['weights'];
}

export const recipeFamilies: readonly RecipeFamily[] = [
  family('mnist', handwrittenDigits),
  family('dog-cat', catsAndDogs),
  family('speech', spokenDigits),
  family('cifar10-vgg-small', colourPictures),
  family('cifar10-resnet20', colourPictures, {
    weights: { from: 'real', weights: 'as-they-are' },
    both: { from: 'activations', weights: 'as-they-are' },
  }),
];

/** Every recipe that ships. */
export const allRecipes: readonly Recipe[] = recipeFamilies.flatMap((one) => one.recipes);

/** The recipe of that name, or undefined. */
export function findRecipe(name: string): Recipe | undefined {
  return allRecipes.find((recipe) => recipe.name === name);
}

/** The family that a recipe that ships belongs to. @throws DataError `data.not-found` */
export function familyOf(recipe: Recipe): RecipeFamily {
  const found = recipeFamilies.find(({ recipes: members }) => members.some(({ name }) => name === recipe.name));
  if (found) return found;
  throw new DataError('not-found', `The recipe "${recipe.name}" is of no family.`, { recipe: recipe.name });
}

/** @throws DataError `data.not-found` naming the modes that there are */
export function recipeOfMode({ name, recipes: members }: RecipeFamily, mode: BinarizationMode): Recipe {
  const found = members.find((recipe) => recipe.name === `${name}-${mode}`);
  if (found) return found;
  throw new DataError('not-found', `There is no recipe "${name}-${mode}".`, { family: name, mode });
}

function family(name: string, task: Task, starts: RecipeFamily['starts'] = {}): RecipeFamily {
  const isMember = (recipe: Recipe): boolean => recipe.name.startsWith(`${name}-`);
  return { name, task, starts, recipes: [...recipes, ...pictureRecipes].filter(isMember) };
}
