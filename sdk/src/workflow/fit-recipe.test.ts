import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { datasetFromArrays } from '../train/datasets/arrays.js';
import { findRecipe } from '../train/recipes/families.js';
import { fitRecipe } from './fit-recipe.js';

const values = Array.from({ length: 4 * 784 }, (_, index) => 200 + (index % 50));
const dataset = datasetFromArrays({
  name: 'white',
  shape: [28, 28],
  classes: 2,
  train: { values: values.slice(0, 2 * 784), labels: [0, 1] },
  validation: { values: values.slice(0, 784), labels: [0] },
  test: { values: values.slice(0, 784), labels: [0] },
});
const recipe = findRecipe('mnist-both')!;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adiabit-fitting-'));
  await mkdir(join(folder, 'own'));
  await mkdir(join(folder, 'many/mnist/train'), { recursive: true });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('data of the user go in less their means, and the training says so', async () => {
  const fitted = await fitRecipe(recipe, dataset, { data: join(folder, 'own'), normalize: true });
  expect(fitted.recipe.network.layers[0].kind).toBe('normalize');
  expect(fitted.notes).toEqual([
    { kind: 'classes-fitted', classes: 2 },
    { kind: 'inputs-centred', examples: 2, divisor: fitted.recipe.network.divisor },
  ]);
});

test.each([
  ['asked not to', 'own', false],
  ['without --data', undefined, true],
  ['from a folder called like the task', 'many/mnist', true],
  ['from one that holds such a folder', 'many', true],
])('inputs stay as they are: %s', async (_, name, normalize) => {
  const data = name === undefined ? {} : { data: join(folder, name) };
  const { network } = (await fitRecipe(recipe, dataset, { ...data, normalize })).recipe;
  expect(network.layers[0]).toBe(recipe.network.layers[0]);
  expect(network.divisor).toBe(recipe.network.divisor);
});
