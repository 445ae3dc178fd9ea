import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTensorBackend } from './backends/tensor-backend.js';
import { exampleVectors } from './datasets/dataset.js';
import { evaluateFrozen } from './evaluation/evaluate-frozen.js';
import { evaluateHard } from './evaluation/evaluate-hard.js';
import { freeze } from './freezing/freeze.js';
import type { BinarizationMode } from './network/network.js';
import { describeBackends } from './testing/compare-backends.js';
import { everyLayerNetwork, lineNetwork, pictureRecipe, toyPictureDataset } from './testing/toy-pictures.js';
import { train, type TrainOptions } from './trainer.js';

describeBackends((name) => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'adiabit-pictures-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const optionsFor = (mode: BinarizationMode, isLine = false): TrainOptions => {
    const network = isLine ? lineNetwork(mode) : everyLayerNetwork(mode);
    return { recipe: pictureRecipe(network), dataset: toyPictureDataset(network.inputShape!), seed: 1, backend: name };
  };

  test.each<[BinarizationMode, boolean]>([
    ['real', false],
    ['weights', false],
    ['activations', false],
    ['both', false],
    ['both', true],
  ])(
    'a network of every layer learns in mode %s, and its hard network is as good (a line: %s)',
    async (mode, isLine) => {
      const options = optionsFor(mode, isLine);
      const { history, network, hardTestAccuracy, hardValidationAccuracy } = await train(options);
      expect(history.at(-1)!.loss).toBeLessThan(history[0].loss);
      expect(hardValidationAccuracy).toBeGreaterThan(0.8);
      expect(hardTestAccuracy).toBeGreaterThan(0.8);
      expect(Math.abs(evaluateHard(network, options.dataset.test) - hardTestAccuracy)).toBeLessThan(0.04);
      const { model } = freeze(network, exampleVectors(options.dataset.validation));
      expect(Math.abs((await evaluateFrozen(model, options.dataset.test)) - hardTestAccuracy)).toBeLessThan(0.07);
    },
  );

  test('a training of pictures that is stopped and resumed ends in the bytes of one that was not', async () => {
    const options = optionsFor('both');
    const whole = await train({ ...options, checkpointFile: join(folder, 'whole') });
    const controller = new AbortController();
    const parts = { ...options, checkpointFile: join(folder, 'parts') };
    const onEpoch = ({ epoch }: { readonly epoch: number }) => {
      if (epoch === 3) controller.abort();
    };
    await expect(train({ ...parts, signal: controller.signal, onEpoch })).rejects.toThrow('cancelled');
    const resumed = await train({ ...parts, resume: true });
    expect((await readFile(join(folder, 'parts'))).equals(await readFile(join(folder, 'whole')))).toBe(true);
    expect(resumed.network).toEqual(whole.network);
  });

  test('no tensor outlives a training of pictures', async () => {
    const backend = await openTensorBackend({ name });
    const count = () => ({ tensors: backend.tf.memory().numTensors, held: backend.tf.engine().backend.numDataIds() });
    await train(optionsFor('both'));
    backend.activate();
    const before = count();
    await train(optionsFor('both'));
    backend.activate();
    expect(count()).toEqual(before);
  });
});
