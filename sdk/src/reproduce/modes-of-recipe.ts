import { binarizationModes, type BinarizationMode } from '../train/network/network.js';
import type { ModeFamily } from '../train/recipes/families.js';
import type { Recipe } from '../train/recipes/recipes.js';

/** Returns the recipe of a project in every mode, so that it shows what each costs this network. */
export const modesOfRecipe = (recipe: Recipe): ModeFamily => ({
  name: recipe.name,
  recipes: binarizationModes.map((mode) => inMode(recipe, mode)),
  starts: {},
});

/** Leaves out what the mode has no use for: polishing moves bits, and a network learns only from one that is trained before it. */
function inMode({ polish, softTargets, ...recipe }: Recipe, mode: BinarizationMode): Recipe {
  const name = `${recipe.name}-${mode}`;
  const hasTeacher = binarizationModes.indexOf(softTargets?.from ?? mode) < binarizationModes.indexOf(mode);
  return {
    ...recipe,
    name,
    network: { ...recipe.network, name, mode },
    ...(mode === 'both' && polish !== undefined ? { polish } : {}),
    ...(hasTeacher && softTargets !== undefined ? { softTargets } : {}),
  };
}
