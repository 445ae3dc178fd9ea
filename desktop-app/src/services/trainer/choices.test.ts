import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findRecipe } from '@adiabit/sdk/train';
import { dataChoices, dataSourceOf } from './data-choices.js';
import { choiceOf, recipeChoices, recipeOf } from './recipe-choices.js';

describe('data to choose from', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'adiabit-data-'));
    for (const name of ['shapes', 'mnist', '.hidden']) await mkdir(join(folder, name));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is MNIST where its package is, each folder in the data folder, and that folder itself', async () => {
    const ids = (await dataChoices(folder)).map(({ id }) => id);
    expect(ids).toEqual(['mnist', 'folder:mnist', 'folder:shapes', 'folder:']);
    expect((await dataChoices(undefined)).map(({ id }) => id)).toEqual(['mnist']);
  });

  it('is a folder for training, or MNIST’s package', async () => {
    expect(await dataSourceOf('folder:shapes', folder)).toBe(join(folder, 'shapes'));
    expect(await dataSourceOf('mnist', folder)).toBeUndefined();
  });

  it.each(['folder:gone', 'folder:..', 'folder:../..', '/etc'])('is never what is not in the list: %s', async (id) => {
    await expect(dataSourceOf(id, folder)).rejects.toThrow('is not there');
  });
});

describe('recipes to choose from', () => {
  it('say what they are in a few words', () => {
    const demo = recipeChoices().find(({ name }) => name === 'mnist-demo');
    expect(demo).toMatchObject({
      examples: '28 × 28 grey pictures',
      task: 'mnist',
      layers: '784 – 128 – 10',
      binaryWeights: 784 * 128 + 128 * 10,
      epochs: 16,
      epochsAreFixed: true,
      reached: { accuracy: 0.9583 },
    });
    expect(recipeChoices().find(({ name }) => name === 'cifar10-resnet20-both')).toMatchObject({
      layers: '3072 – 19 convolutions – 10',
      learnsFrom: 'cifar10-resnet20-real',
    });
    expect(recipeChoices().find(({ name }) => name === 'dog-cat-both-authors')?.epochsAreFixed).toBe(false);
  });

  it('are for values of sensors, too', () => {
    const network = { ...findRecipe('mnist-demo')!.network, inputs: 96 };
    const json = JSON.stringify({ ...findRecipe('mnist-demo')!, name: 'pump', network });
    expect(choiceOf(recipeOf({ json }))).toMatchObject({ examples: '96 values of sensors', task: 'pump' });
  });

  it('are the user’s own as JSON, with no result of ours', () => {
    const json = JSON.stringify({ ...findRecipe('mnist-demo')!, name: 'mine' });
    expect(choiceOf(recipeOf({ json }))).not.toHaveProperty('reached');
    expect(() => recipeOf({ json: json.replace('"batchSize":128', '"batchSize":0') })).toThrow('fault at batchSize');
    expect(() => recipeOf({ name: 'gone' })).toThrow('There is no recipe');
  });
});
