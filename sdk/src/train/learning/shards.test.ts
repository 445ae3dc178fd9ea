import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Random } from '../../random.js';
import { openTensorBackend } from '../backends/tensor-backend.js';
import { gatherBatch } from '../datasets/batches.js';
import { resolveLayers, type NetworkSpec } from '../network/network.js';
import { initialParameters } from '../network/parameters.js';
import { HAS_NODE_BACKEND } from '../testing/compare-backends.js';
import { everyLayerNetwork, pictureRecipe, toyPictureDataset } from '../testing/toy-pictures.js';
import { toyDataset, toyExamples, toyNetwork, toyRecipe } from '../testing/toy-problem.js';
import { train, type TrainOptions } from '../trainer.js';
import { singleThreadPool, openGradientPool, threadsFor, type GradientPool } from './gradient-pool.js';
import { shardsOf } from './shards.js';

const setting = { kWeight: 3, kActivation: 2 };
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adiabit-shards-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test.each([
  [1, 1, [1]],
  [7, 1, [7]],
  [7, 2, [3, 4]],
  [50, 3, [16, 17, 17]],
  [2, 5, [1, 1]],
])('a batch of %i in %i shards has shards of %j examples, in order', (size, count, sizes) => {
  const examples = toyExamples(64, 1);
  const batch = gatherBatch(
    examples,
    Uint32Array.from({ length: size }, (_, index) => (3 * index) % 64),
    0,
    size,
  );
  const shards = shardsOf(batch, count);
  expect(shards.map((shard) => shard.size)).toEqual(sizes);
  for (const part of ['inputs', 'targets'] as const) {
    expect(shards.flatMap((shard) => [...shard[part]])).toEqual([...batch[part]]);
  }
});

test.each([2, 3, 8])('without batch statistics %i shards have the gradients of the whole batch', async (count) => {
  const plain = toyNetwork('both');
  const network: NetworkSpec = { ...plain, layers: plain.layers.map((layer) => ({ ...layer, dropout: 0 })) };
  const layers = resolveLayers(network);
  const backend = await openTensorBackend({ name: 'cpu' });
  const parameters = initialParameters(layers, Random.fromSeed(1, 'shards'));
  const order = Uint32Array.from({ length: 19 }, (_, index) => index);
  const batch = gatherBatch(toyExamples(19, 1), order, 0, 19);
  const pool = singleThreadPool(backend, layers);
  const whole = await pool.compute(parameters, [{ batch }], setting);
  const shards = shardsOf(batch, count).map((shard) => ({ batch: shard }));
  const parts = await pool.compute(parameters, shards, setting);
  expect(parts.loss).toBeCloseTo(whole.loss, 5);
  whole.gradients.forEach((gradient, which) => {
    expect(Math.max(...gradient.map(Math.abs))).toBeGreaterThan(1e-4);
    gradient.forEach((value, at) => expect(parts.gradients[which][at]).toBeCloseTo(value, 5));
  });
});

const network = everyLayerNetwork('both');
const pictures: TrainOptions = {
  recipe: { ...pictureRecipe(network), shards: 3 },
  dataset: toyPictureDataset(network.inputShape!),
  seed: 2,
  backend: 'wasm',
};
const dense: TrainOptions = { recipe: { ...toyRecipe(), shards: 2 }, dataset: toyDataset(), seed: 1, backend: 'cpu' };

async function expectSameBytes(options: TrainOptions): Promise<void> {
  const bytes: Buffer[] = [];
  for (const threads of [1, 2, 3]) {
    const checkpointFile = join(folder, `${options.recipe.name}-${threads}`);
    const used: number[] = [];
    await train({ ...options, checkpointFile, threads, cores: 3, onStart: (start) => used.push(start.threads) });
    expect(used).toEqual([Math.min(threads, options.recipe.shards ?? 1)]);
    bytes.push(await readFile(checkpointFile));
  }
  expect(bytes[1].equals(bytes[0])).toBe(true);
  expect(bytes[2].equals(bytes[0])).toBe(true);
  const whole = await train({ ...options, recipe: { ...options.recipe, shards: 1 } });
  expect(whole.history).not.toEqual((await train({ ...options, threads: 1 })).history);
}

test.each([
  ['every layer, wasm', pictures],
  ['dense, cpu', dense],
])('one thread, two and three train to the same bytes: %s', (_, options) => expectSameBytes(options));

test.skipIf(!HAS_NODE_BACKEND)('one process, two and three train to the same bytes: every layer, node', () =>
  expectSameBytes({ ...pictures, backend: 'node' }),
);

test('a training in shards that is cancelled goes on to the bytes of one that never stopped', async () => {
  const [stopped, whole] = ['stopped', 'whole'].map((name) => join(folder, name));
  await train({ ...pictures, checkpointFile: whole, threads: 1 });
  const controller = new AbortController();
  const first = train({
    ...pictures,
    checkpointFile: stopped,
    threads: 2,
    signal: controller.signal,
    onEpoch: () => controller.abort(),
  });
  await expect(first).rejects.toMatchObject({ code: 'cancelled' });
  await train({ ...pictures, checkpointFile: stopped, resume: true, threads: 2 });
  expect(await readFile(stopped)).toEqual(await readFile(whole));
});

async function expectHelpersError(name: 'cpu' | 'node'): Promise<void> {
  const backend = await openTensorBackend({ name });
  const spec = toyNetwork('both');
  const layers = resolveLayers(spec);
  const parameters = initialParameters(layers, Random.fromSeed(1, 'shards'));
  const pool: GradientPool = await openGradientPool({ backend, network: spec, threads: 2 });
  try {
    const batch = gatherBatch(toyExamples(4, 1), Uint32Array.of(0, 1, 2, 3), 0, 4);
    const [good, other] = shardsOf(batch, 2);
    const torn = { batch: { ...other, inputs: other.inputs.subarray(1) } };
    await expect(pool.compute(parameters, [{ batch: good }, torn], setting)).rejects.toThrow(/shape|size/i);
  } finally {
    await pool.close();
  }
}

test('an error in a thread is thrown where the gradients were asked for', () => expectHelpersError('cpu'));

test.skipIf(!HAS_NODE_BACKEND)('an error in a process is thrown where the gradients were asked for', () =>
  expectHelpersError('node'),
);

test.each(['cpu', ...(HAS_NODE_BACKEND ? (['node'] as const) : [])] as const)(
  'helpers that are gone already can be closed again, on %s',
  async (name) => {
    const backend = await openTensorBackend({ name });
    const pool = await openGradientPool({ backend, network: toyNetwork('both'), threads: 2 });
    await pool.close();
    await pool.close();
  },
);

test.each([
  ['shards', { recipe: { ...toyRecipe(), shards: 0 } }],
  ['shards', { recipe: { ...toyRecipe(), shards: toyRecipe().batchSize + 1 } }],
  ['threads', { threads: 1.5 }],
])('refuses %s that cannot be, saying what it was: %j', async (name, wrong) => {
  await expect(train({ ...dense, ...wrong })).rejects.toMatchObject({
    code: 'model.bad-value',
    message: expect.stringContaining(name) as string,
  });
});

test('no more threads are started than there are cores and shards, whatever number is asked for', () => {
  const asked = (shards: number, cores: number) => threadsFor('wasm', shards, { threads: 1e6, cores });
  expect([asked(4, 2), asked(2, 8), asked(1, 8), asked(8, 8)]).toEqual([2, 2, 1, 8]);
  expect(threadsFor('webgpu', 8, { threads: 8, cores: 8 })).toBe(1);
});
