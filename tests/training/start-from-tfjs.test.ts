/** A network that was trained with TensorFlow.js as the start of a project's training. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { buildProject, openProject, trainProject } from '@adiabit/sdk/workflow';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { saveLayersModel } from '../../sdk/src/tfjs/testing/save-layers-model.js';
import { adiabit } from '../support/cli.js';
import { barsConfig, writeConfig, writeProject } from '../support/project.js';

let folder: string;
const config = (): string => join(folder, 'adiabit.config.json');

beforeAll(async () => {
  await tf.setBackend('cpu');
  folder = await mkdtemp(join(tmpdir(), 'adiabit-start-'));
  await writeProject(folder);
  const { dataset } = await openProject({ config: config() });
  const { count, labels, values } = dataset.train;
  const examples = tf.tensor2d(
    Float32Array.from(values, (value) => value / 255),
    [count, 64],
  );
  const classes = tf.oneHot(tf.tensor1d(Int32Array.from(labels), 'int32'), 3);
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ units: 8, activation: 'relu', inputShape: [64] }),
      tf.layers.dense({ units: 3, activation: 'softmax' }),
    ],
  });
  model.compile({ optimizer: tf.train.adam(0.01), loss: 'categoricalCrossentropy' });
  await model.fit(examples, classes, { epochs: 20 });
  await saveLayersModel(tf, model, join(folder, 'real'));
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

async function trained(start: string | undefined) {
  await writeConfig(folder, { ...barsConfig, normalize: false, ...(start === undefined ? {} : { start }) });
  return trainProject(await openProject({ config: config() }), {});
}

it('a project goes on from a LayersModel, learns from its first epoch on, and says what it started from', async () => {
  const anew = await trained(undefined);
  const { record, folder: into } = await trained('real/model.json');
  expect(into).not.toBe(anew.folder);
  expect(record.history[0].loss).toBeLessThan(anew.record.history[0].loss / 2);
  expect(record.identity).toMatchObject({ start: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
  const { lock, trained: again } = await buildProject({ config: config() });
  expect(again).toBe(false);
  expect(lock.digests.start).toMatch(/^[0-9a-f]{64}$/);
  // Other weights are another start: the project is trained anew.
  const weights = await readFile(join(folder, 'real/weights.bin'));
  weights.writeFloatLE(0.5, 0);
  await writeFile(join(folder, 'real/weights.bin'), weights);
  expect((await openProject({ config: config() })).digests.start).not.toBe(lock.digests.start);
});

it('adiabit train takes it with a recipe of one’s own', async () => {
  const { recipe } = await openProject({ config: config() }).then(({ fitted }) => fitted);
  const { network } = recipe;
  await writeFile(
    join(folder, 'recipe.json'),
    JSON.stringify({
      ...recipe,
      network: { ...network, inputShape: [8, 8, 1], layers: [{ kind: 'flatten' }, ...network.layers] },
    }),
  );
  const { code, stderr, stdout } = await adiabit(
    ['train', '--recipe', 'recipe.json', '--data', 'bars', '--start', 'real/model.json', '--backend', 'wasm', '--json'],
    { cwd: folder },
  );
  expect(code, stderr).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ epochs: 4 });
});
