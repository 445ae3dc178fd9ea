import { describe, expect, it } from 'vitest';
import { allRecipes, findRecipe } from './families.js';
import { readRecipe } from './recipe-file.js';

const demo = findRecipe('mnist-demo')!;
const changed = (change: object): string => JSON.stringify({ ...demo, ...change });

describe('readRecipe', () => {
  it.each(allRecipes.map((recipe) => [recipe.name, recipe] as const))('reads %s as it was written', (_, recipe) => {
    expect(readRecipe(JSON.stringify(recipe))).toEqual({ recipe: JSON.parse(JSON.stringify(recipe)) as unknown });
  });

  it('names the field at fault', () => {
    const { network } = demo;
    const layers = [{ ...network.layers[0], units: 0 }, network.layers[1]];
    expect(readRecipe(changed({ network: { ...network, layers } })).issues?.map(({ path }) => path)).toEqual([
      'network.layers.0.units',
    ]);
    expect(readRecipe(changed({ batchSize: 'many' })).issues?.[0].path).toBe('batchSize');
    expect(readRecipe(changed({ batchSize: undefined, bathSize: 3 })).issues).toEqual([
      { path: 'batchSize', message: 'it is missing' },
      { path: '', message: 'nothing here is called bathSize' },
    ]);
  });

  it('says what no schema says: layers that do not follow from one another', () => {
    const layers = [{ kind: 'flatten' }];
    const { issues } = readRecipe(changed({ network: { ...demo.network, layers } }));
    expect(issues).toMatchObject([{ path: 'network' }]);
    expect(issues?.[0].message).toContain('the last layer');
  });

  it('says that a text is no JSON', () => {
    expect(readRecipe('{').issues?.[0]).toMatchObject({ path: '' });
  });
});
