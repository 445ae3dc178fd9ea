import { expect, test } from 'vitest';
import { gatherBatch } from '../datasets/batches.js';
import type { Examples } from '../datasets/dataset.js';
import { countCorrect } from '../evaluation/evaluate.js';
import { estimateStatistics } from '../evaluation/statistics.js';
import { hardened } from '../forward/sharpness.js';
import { defaultAdam } from '../learning/adam.js';
import { deviceLearner } from '../learning/device-learner.js';
import { singleThreadPool } from '../learning/gradient-pool.js';
import { hostLearner } from '../learning/host-learner.js';
import { initialState } from '../learning/training-state.js';
import { type NetworkSpec, resolveLayers } from '../network/network.js';
import { fakeTensorflow } from '../testing/fake-tensorflow.js';
import { everyLayerNetwork, lineNetwork, toyPictures, toySounds } from '../testing/toy-pictures.js';
import { toyExamples, toyNetwork } from '../testing/toy-problem.js';
import { openTensorBackend, type TensorBackend } from './tensor-backend.js';
import { neededKernels } from './training-kernels.js';

/** The kernels that a step, soft or hard, the statistics and an evaluation call. */
async function calledBy(
  backend: TensorBackend,
  network: NetworkSpec,
  examples: Examples,
  weightsOn: 'host' | 'device',
  k: number,
): Promise<string[]> {
  const { tf } = backend;
  const setting = { kWeight: k, kActivation: k, learningRate: 0.01, resetsOptimizer: false };
  const layers = resolveLayers(network);
  const state = initialState(layers, 1, { action: 'train', setting, memory: null });
  const makeLearner = weightsOn === 'device' ? deviceLearner : hostLearner;
  const { kernelNames } = await tf.profile(async () => {
    const lesson = {
      backend,
      layers,
      adam: defaultAdam,
      setting,
      state,
      shards: 1,
      pool: singleThreadPool(backend, layers),
    };
    const learner = makeLearner(lesson);
    await learner.learn(gatherBatch(examples, Uint32Array.of(0, 1, 2, 3), 0, 4));
    await learner.finish();
    learner.dispose();
    const statistics = await estimateStatistics(backend, layers, state.parameters, examples, hardened);
    await countCorrect(backend, layers, state.parameters, examples, hardened, statistics);
    return [];
  });
  // Scopes are in the list, too.
  return kernelNames.filter((name) => (tf.getKernel(name, 'cpu') as object | undefined) !== undefined);
}

const modes = ['real', 'weights', 'activations', 'both'] as const;
const [hidden, last] = toyNetwork('both').layers;
const dense = (['tanh', 'rectified-tanh', 'sigmoid', 'hard-tanh', 'clipped-linear', 'relu'] as const).map(
  (activation) => ({
    ...toyNetwork('both'),
    layers: [{ ...hidden, latentBound: 3, sharpness: 2, activation }, last],
  }),
);
const cases: readonly (readonly [NetworkSpec, Examples])[] = [
  ...modes.map((mode) => [everyLayerNetwork(mode), toyPictures([8, 6, 2], 6, 1)] as const),
  ...modes.map((mode) => [lineNetwork(mode), toySounds([40, 1], 6, 1)] as const),
  ...dense.map((network) => [network, toyExamples(6, 1)] as const),
];

test.each(['host', 'device'] as const)(
  'the kernels that are said to be needed are those that are called, with the weights on the %s',
  async (weightsOn) => {
    const backend = await openTensorBackend({ name: 'cpu' });
    const called = new Set<string>();
    for (const [network, examples] of cases) {
      for (const k of [2, 2000]) {
        for (const name of await calledBy(backend, network, examples, weightsOn, k)) called.add(name);
      }
    }
    expect([...called].sort()).toEqual([...neededKernels(weightsOn)].sort());
  },
);

test('no kernel is missing on wasm, of which some are ours', async () => {
  const { kernels } = (await openTensorBackend({ name: 'wasm' })).report;
  expect(kernels.missing).toEqual([]);
  expect(kernels.ours).toContain('Conv2DBackpropFilter');
  expect(kernels.stock).toContain('Conv2D');
  const reported = [...kernels.stock, ...kernels.ours];
  expect(new Set(reported)).toEqual(new Set([...neededKernels('host'), ...kernels.ours]));
  expect(new Set(reported).size).toBe(reported.length);
});

test('a kernel that a backend lacks is named', async () => {
  const lean = { ...fakeTensorflow(), getKernel: (name: string) => (name === 'MaxPoolGrad' ? undefined : {}) };
  const { report } = await openTensorBackend({ name: 'node', importModule: () => Promise.resolve({ default: lean }) });
  expect(report.kernels.missing).toEqual(['MaxPoolGrad']);
});
