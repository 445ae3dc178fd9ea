import { expect, it } from 'vitest';
import { findRecipe } from '../train/recipes/families.js';
import { binarizationModes, resolveLayers } from '../train/network/network.js';
import { modesOfRecipe } from './modes-of-recipe.js';
import { planTrainings } from './plan.js';

const recipe = { ...findRecipe('mnist-both-plus')!, name: 'mine' };

it('has the recipe in every mode, each of which can be trained, and polishes bits only', () => {
  const { recipes } = modesOfRecipe(recipe);
  expect(recipes.map(({ name, network }) => [name, network.mode])).toEqual(
    binarizationModes.map((mode) => [`mine-${mode}`, mode]),
  );
  for (const { network } of recipes) expect(() => resolveLayers(network)).not.toThrow();
  expect(recipes.filter(({ polish }) => polish !== undefined).map(({ name }) => name)).toEqual(['mine-both']);
});

it('learns from a mode only what is trained after it', () => {
  const taught = modesOfRecipe({ ...recipe, softTargets: { from: 'weights', temperature: 2, weight: 0.5 } });
  const plan = planTrainings(taught, ['real', 'both'], [1]);
  expect(plan.map(({ mode, recipe: { softTargets } }) => [mode, softTargets?.from])).toEqual([
    ['real', undefined],
    ['weights', undefined],
    ['both', 'weights'],
  ]);
});
