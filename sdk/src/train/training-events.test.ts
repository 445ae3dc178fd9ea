import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadBestNetwork } from './checkpoints/checkpoint.js';
import { toyDataset, toyRecipe } from './testing/toy-problem.js';
import { train } from './trainer.js';
import { trainingEvents, type TrainingEvent } from './training-events.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adiabit-events-'));
});
afterAll(() => rm(folder, { recursive: true }));

const options = { recipe: toyRecipe(), dataset: toyDataset(), seed: 1, backend: 'wasm' } as const;

test('a training is its start, its epochs in order with progress in each, and its result at the end', async () => {
  const events: TrainingEvent[] = [];
  for await (const event of trainingEvents(options)) events.push(event);
  const others = events.filter(({ kind }) => kind !== 'progress');
  expect(others.map(({ kind }) => kind)).toEqual(['start', ...new Array<string>(6).fill('epoch'), 'end']);
  expect(others.flatMap((event) => (event.kind === 'epoch' ? [event.epoch] : []))).toEqual([1, 2, 3, 4, 5, 6]);
  expect(events.some(({ kind }) => kind === 'progress')).toBe(true);
  const last = events.at(-1);
  const result = await train(options);
  expect(last?.kind === 'end' && last.network).toEqual(result.network);
});

test('a slow reader misses no epoch, and of the progress sees the latest', async () => {
  const events: TrainingEvent[] = [];
  for await (const event of trainingEvents(options)) {
    events.push(event);
    await setTimeout(5);
  }
  expect(events.filter(({ kind }) => kind === 'epoch')).toHaveLength(6);
  expect(events.filter(({ kind }) => kind === 'progress').length).toBeLessThan(60);
});

test('leaving the loop stops the training, which has left its checkpoint', async () => {
  const checkpointFile = join(folder, 'left');
  const { schedule, ...rest } = toyRecipe();
  const recipe = { ...rest, schedule: { ...schedule, phases: [{ kWeight: 3, kActivation: 3, epochs: 100_000 }] } };
  for await (const event of trainingEvents({ ...options, recipe, checkpointFile })) {
    if (event.kind === 'epoch' && event.epoch === 2) break;
  }
  expect((await loadBestNetwork(checkpointFile)).layers).toHaveLength(2);
});

test('a failure and a cancellation are thrown out of the loop', async () => {
  const read = async (more: object): Promise<void> => {
    for await (const event of trainingEvents({ ...options, ...more })) expect(event.kind).not.toBe('end');
  };
  await expect(read({ seed: 0.5 })).rejects.toMatchObject({ code: 'model.bad-value' });
  await expect(read({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' });
});
