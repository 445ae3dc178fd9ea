/** What JavaScript, JSON and a program's own arrays can get wrong, and the compiler cannot see. */
import { DataError, ModelError } from '@adiabit/simulator/errors';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadBestNetwork } from './checkpoints/checkpoint.js';
import { checkExamples } from './datasets/batches.js';
import { resolveLayers } from './network/network.js';
import { toyDataset, toyExamples, toyNetwork, toyRecipe } from './testing/toy-problem.js';
import { type EpochRecord, train } from './trainer.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adiabit-bad-input-'));
});
afterAll(() => rm(folder, { recursive: true }));

const spec = toyNetwork('both');

test.each<[string, object, RegExp]>([
  [
    'a layer of an unknown kind',
    { layers: [{ kind: 'lstm' }, spec.layers[1]] },
    /layer 0: there is no layer .* 'lstm'/,
  ],
  [
    'an unknown activation, in a mode that would not use it too',
    { mode: 'real', layers: [{ units: 3, activation: 'gelu' }, spec.layers[1]] },
    /layer 0: there is no activation 'gelu'/,
  ],
  [
    "an activation that is a name of every object's",
    { layers: [{ units: 3, activation: 'toString' }, spec.layers[1]] },
    /'toString'/,
  ],
  ['an unknown mode', { mode: 'half' }, /mode must be one of real, weights, activations, both, not 'half'/],
])('%s is refused by name', (_, change, message) => {
  const act = () => resolveLayers({ ...spec, ...change });
  expect(act).toThrow(ModelError);
  expect(act).toThrow(message);
});

const examples = toyExamples(6, 1);

test.each<[string, object, RegExp]>([
  ['real values', { values: Float32Array.from(examples.values) }, /values of the training examples are no Uint8Array/],
  ['labels in a plain array', { labels: [...examples.labels] }, /labels of the training examples are no Uint8Array/],
  ['an empty class', { labels: Uint8Array.of(0, 2, 0, 2, 0, 2) }, /Class 1 has no training examples/],
])('training examples with %s are refused', (_, change, message) => {
  const act = () => checkExamples(spec, { ...examples, ...change }, 'training');
  expect(act).toThrow(DataError);
  expect(act).toThrow(message);
});

test('a class may be missing from the test', () => {
  const given = { ...examples, labels: Uint8Array.of(0, 2, 0, 2, 0, 2) };
  expect(() => checkExamples(spec, given, 'test')).not.toThrow();
});

/** Learns for two epochs; then the rate grows with k, by 100,000,000,000 and more. */
function laterDiverging() {
  const recipe = toyRecipe();
  return { ...recipe, schedule: { ...recipe.schedule, learningRate: { ...recipe.schedule.learningRate, power: -15 } } };
}

test('a training that diverges leaves the last good checkpoint, says where it is, and its network can be used', async () => {
  const checkpointFile = join(folder, 'diverged');
  const dataset = toyDataset();
  const options = { recipe: laterDiverging(), dataset, seed: 1, backend: 'wasm', checkpointFile } as const;
  const records: EpochRecord[] = [];
  let atSecond: Buffer | undefined;
  const failure: unknown = await train({
    ...options,
    onEpoch: (record) => records.push(record),
    onProgress: ({ epoch, batchesDone }) => {
      if (epoch === 3 && batchesDone === 1) void readFile(checkpointFile).then((bytes) => (atSecond = bytes));
    },
  }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ModelError);
  expect(failure).toMatchObject({
    code: 'model.bad-value',
    details: { epoch: 3, kWeight: 20, kActivation: 20, lastGoodEpoch: 2, checkpointFile },
  });
  expect((failure as Error).message).toContain(`${checkpointFile} holds the last good state, after epoch 2.`);
  expect(records.map(({ epoch }) => epoch)).toEqual([1, 2]);
  const left = await readFile(checkpointFile);
  if (atSecond !== undefined) expect(left.equals(atSecond)).toBe(true);
  expect((await loadBestNetwork(checkpointFile)).layers).toHaveLength(2);
});

test('a checkpoint of another network is refused, naming what differs', async () => {
  const checkpointFile = join(folder, 'other');
  const options = { recipe: toyRecipe(), dataset: toyDataset(), seed: 1, backend: 'wasm', checkpointFile } as const;
  await train(options);
  const network = { ...spec, layers: [{ ...spec.layers[0], units: 17 }, spec.layers[1]] };
  await expect(train({ ...options, recipe: { ...toyRecipe(), network }, resume: true })).rejects.toMatchObject({
    code: 'format.bad-value',
    details: { field: 'recipe.network.layers.0.units', found: '16', expected: '17' },
  });
});
