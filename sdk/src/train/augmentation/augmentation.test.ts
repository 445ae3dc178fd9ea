import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Recipe } from '../recipes/recipes.js';
import { toyDataset, toyRecipe } from '../testing/toy-problem.js';
import { train } from '../trainer.js';

const dataset = toyDataset();
const plain = { recipe: toyRecipe(), dataset, seed: 1, backend: 'cpu' as const };
const recipe: Recipe = { ...toyRecipe(), augmentation: { maxShift: 1 } };

test('a training with shifts, stopped and resumed, has the bytes of one that never stopped', async () => {
  const whole = await train({ ...plain, recipe });
  const folder = await mkdtemp(join(tmpdir(), 'adiabit-augmentation-'));
  const checkpointFile = join(folder, 'checkpoint');
  const controller = new AbortController();
  const stopped = train({
    ...plain,
    recipe,
    checkpointFile,
    signal: controller.signal,
    onEpoch: ({ epoch }) => {
      if (epoch === 3) controller.abort();
    },
  });
  await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
  const resumed = await train({ ...plain, recipe, checkpointFile, resume: true });
  await rm(folder, { recursive: true });
  expect(resumed.network).toEqual(whole.network);
  expect(resumed.history).toEqual(whole.history);
});

test('shifts change what is learned', async () => {
  const [shifted, still] = [await train({ ...plain, recipe }), await train(plain)];
  expect(shifted.network.layers).not.toEqual(still.network.layers);
});

test('a training with shifts refuses examples that are no images', async () => {
  const flat = { ...dataset, train: { ...dataset.train, shape: [12] } };
  await expect(train({ ...plain, recipe, dataset: flat })).rejects.toMatchObject({ code: 'model.bad-value' });
});
