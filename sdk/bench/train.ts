/**
 * Training speed on MNIST's shape: our binary network (784 - 128 - 10, mode both) on the wasm backend with our kernels,
 * beside the same network with real numbers in plain TensorFlow.js, `model.fit` with the stock kernels of that backend.
 * The examples are random, which changes no speed.
 *
 *     npm run bench:train -- [--quick] [--json FILE]
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Random } from '../src/random.js';
import { openBackend } from '../src/train/backends/backend.js';
import type { Examples } from '../src/train/dataset.js';
import { trainEpoch } from '../src/train/epoch.js';
import { resolveLayers } from '../src/train/network.js';
import { findRecipe } from '../src/train/families.js';
import { courseOf } from '../src/train/schedules.js';
import { initialState } from '../src/train/training-state.js';
import type { Row } from './rows.js';
import { benchFlags, compare, report } from './rows.js';
import type { FitRequest } from './stock-fit.js';

const flags = benchFlags();
const rounds = flags.quick ? 3 : 7;
const steps = flags.quick ? 8 : 40;

const recipe = findRecipe('mnist-both');
if (recipe === undefined) throw new Error('There is no recipe mnist-both.');
const backend = await openBackend({ name: 'wasm' });
const layers = resolveLayers(recipe.network);
const firstStep = courseOf(recipe.schedule).first();
const state = initialState(layers, 1, firstStep);
const random = Random.fromSeed(1);

const stock = fork(fileURLToPath(new URL('./stock-fit.ts', import.meta.url)));
await once(stock, 'message');

function randomExamples(count: number): Examples {
  const values = Uint8Array.from({ length: count * 784 }, () => random.below(256));
  const labels = Uint8Array.from({ length: count }, () => random.below(10));
  return { count, shape: [28, 28], values, labels, classes: 10 };
}

async function ours(batch: number, samples: number): Promise<number> {
  const examples = randomExamples(samples);
  const { samplesPerSecond } = await trainEpoch(
    {
      backend,
      layers,
      examples,
      epochs: 1,
      batchSize: batch,
      adam: recipe!.adam,
      clock: () => performance.now(),
      breathe: () => Promise.resolve(),
      throwIfCancelled: () => undefined,
      onProgress: () => undefined,
      lastGood: { epoch: 0, checkpointFile: undefined },
    },
    { epoch: 1, ...firstStep.setting },
    state,
  );
  return samplesPerSecond;
}

async function theirs(batch: number, samples: number): Promise<number> {
  const request: FitRequest = { batch, samples };
  const answer = once(stock, 'message');
  stock.send(request);
  const [samplesPerSecond] = (await answer) as [number];
  return samplesPerSecond;
}

const rows: Row[] = [];
for (const batch of [32, 128, 512]) {
  const samples = batch * steps;
  await ours(batch, 2 * batch);
  await theirs(batch, 2 * batch);
  const { value, ratio } = await compare(
    rounds,
    () => ours(batch, samples),
    () => theirs(batch, samples),
  );
  const against = 'model.fit, real-valued, stock kernels on wasm';
  rows.push({ id: `train.mnist.b${batch}.wasm`, value, unit: 'samples/s', against, ratio });
}
stock.kill();
report(rows, flags);
