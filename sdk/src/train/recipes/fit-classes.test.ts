import { expect, test } from 'vitest';
import { resolveLayers } from '../network/network.js';
import { allRecipes } from './families.js';
import { withClasses } from './fit-classes.js';

test('every recipe can be given other classes, and is itself with its own', () => {
  for (const recipe of allRecipes) {
    const layers = resolveLayers(withClasses(recipe, 7).network);
    expect(layers[layers.length - 1].outputs).toBe(7);
    expect(withClasses(recipe, resolveLayers(recipe.network).at(-1)!.outputs)).toBe(recipe);
  }
});

test('a network without a dense layer at its end cannot', () => {
  const [recipe] = allRecipes;
  const network = { ...recipe.network, layers: [{ kind: 'flatten' } as const] };
  expect(() => withClasses({ ...recipe, network }, 3)).toThrow('does not end in a dense layer');
});
