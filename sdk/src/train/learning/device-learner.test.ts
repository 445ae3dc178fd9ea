import { expect, test } from 'vitest';
import { openTensorBackend, type TensorBackend } from '../backends/tensor-backend.js';
import { type Batch, gatherBatch } from '../datasets/batches.js';
import type { Examples } from '../datasets/dataset.js';
import { type NetworkSpec, resolveLayers } from '../network/network.js';
import { trainableArrays } from '../network/parameters.js';
import { everyLayerNetwork, toyPictures } from '../testing/toy-pictures.js';
import { toyExamples, toyNetwork } from '../testing/toy-problem.js';
import { defaultAdam } from './adam.js';
import { deviceLearner } from './device-learner.js';
import { singleThreadPool } from './gradient-pool.js';
import { hostLearner } from './host-learner.js';
import type { Lesson } from './learner.js';
import { initialState } from './training-state.js';

const setting = { kWeight: 3, kActivation: 2, learningRate: 0.01, resetsOptimizer: false };

const decaying = { ...defaultAdam, weightDecay: 0.5 };

const openCpu = (): Promise<TensorBackend> => openTensorBackend({ name: 'cpu' });

function lessonFor(backend: TensorBackend, network: NetworkSpec, shards = 1, adam = defaultAdam): Lesson {
  const layers = resolveLayers(network);
  const state = initialState(layers, 1, { action: 'train', setting, memory: null });
  return { backend, layers, adam, setting, state, shards, pool: singleThreadPool(backend, layers) };
}

const plain = {
  ...everyLayerNetwork('both'),
  layers: everyLayerNetwork('both').layers.filter(({ kind }) => kind !== 'dropout'),
};
// Without the dropout, which comes before it, the second sum adds what is one place earlier.
const everyLayer: NetworkSpec = {
  ...plain,
  layers: plain.layers.map((layer) =>
    layer.kind === 'add' && layer.from > 5 ? { ...layer, from: layer.from - 1 } : layer,
  ),
};
const bounded: NetworkSpec = {
  ...toyNetwork('both'),
  layers: toyNetwork('both').layers.map((layer) => ({ ...layer, dropout: 0, latentBound: 0.5 })),
};

const pictures = toyPictures([8, 6, 2], 48, 1);
const patterns = toyExamples(48, 1);

function batchesOf(examples: Examples): Batch[] {
  const order = Uint32Array.from({ length: examples.count }, (_, index) => index);
  return Array.from({ length: 4 }, (_, index) => gatherBatch(examples, order, 12 * index, 12));
}

function largestDifference(one: Lesson, other: Lesson): number {
  const [found, expected] = [one, other].map(({ layers, state }) => trainableArrays(layers, state.parameters));
  return Math.max(
    ...found.flatMap((array, which) => Array.from(array, (value, at) => Math.abs(value - expected[which][at]))),
  );
}

test.each([
  ['a network of every layer', everyLayer, pictures, 1, defaultAdam],
  ['the same in shards of five', everyLayer, pictures, 5, defaultAdam],
  ['latent weights with a bound', bounded, patterns, 1, defaultAdam],
  ['real weights that decay', toyNetwork('activations'), patterns, 1, decaying],
])('the optimizer on the device makes the steps of the one on the host: %s', async (...drawn) => {
  const [, network, examples, shards, adam] = drawn;
  const backend = await openCpu();
  const [onDevice, onHost] = [0, 1].map(() => lessonFor(backend, network, shards, adam));
  const [device, host] = [deviceLearner(onDevice), hostLearner(onHost)];
  for (const batch of batchesOf(examples)) {
    expect(Math.abs((await device.learn(batch)) - (await host.learn(batch)))).toBeLessThan(1e-4);
  }
  await device.finish();
  device.dispose();
  expect(onDevice.state.adam.updates).toBe(4);
  expect(largestDifference(onDevice, lessonFor(backend, network))).toBeGreaterThan(0.03);
  expect(largestDifference(onDevice, onHost)).toBeLessThan(1e-3);
});

test('the state between two epochs is all that the device needs, and no tensor is left', async () => {
  const backend = await openCpu();
  const [parts, whole] = [0, 1].map(() => lessonFor(backend, everyLayerNetwork('both')));
  const before = backend.tf.memory().numTensors;
  const once = deviceLearner(whole);
  for (const batch of batchesOf(pictures)) {
    await once.learn(batch);
    const again = deviceLearner(parts);
    await again.learn(batch);
    await again.finish();
    again.dispose();
  }
  await once.finish();
  once.dispose();
  expect(backend.tf.memory().numTensors).toBe(before);
  expect(parts.state).toEqual(whole.state);
});
