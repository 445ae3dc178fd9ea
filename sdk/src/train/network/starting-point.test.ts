import { ModelError } from '@adiabit/simulator/errors';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTensorBackend, type TensorBackend } from '../backends/tensor-backend.js';
import { loadBestNetwork } from '../checkpoints/checkpoint.js';
import { predict } from '../evaluation/evaluate.js';
import { everyLayerNetwork, pictureRecipe, toyPictureDataset } from '../testing/toy-pictures.js';
import { toyNetwork } from '../testing/toy-problem.js';
import { train, type TrainResult } from '../trainer.js';
import { resolveLayers } from './network.js';
import { startingParameters } from './starting-point.js';
import { describeBackends } from '../testing/compare-backends.js';

describeBackends((name) => {
  const dataset = toyPictureDataset([8, 6, 2]);
  const options = { dataset, seed: 1, backend: name } as const;
  const recipeOf = (mode: 'real' | 'weights' | 'activations' | 'both') => pictureRecipe(everyLayerNetwork(mode));

  let backend: TensorBackend;
  let folder: string;
  let real: TrainResult;
  let activations: TrainResult;
  beforeAll(async () => {
    backend = await openTensorBackend({ name });
    folder = await mkdtemp(join(tmpdir(), 'adiabit-start-'));
    real = await train({ ...options, recipe: recipeOf('real') });
    activations = await train({ ...options, recipe: recipeOf('activations') });
  });
  afterAll(() => rm(folder, { recursive: true }));

  test.each([1, 3])(
    'started from-real at k = %i the network with binary weights computes what the real one did',
    async (k) => {
      const layers = resolveLayers(everyLayerNetwork('weights'));
      const parameters = startingParameters({ network: real.network, weights: 'from-real' }, layers, k);
      const sharpness = { kWeight: k, kActivation: k };
      const found = await predict(backend, layers, parameters, dataset.test, sharpness);
      const realLayers = resolveLayers(everyLayerNetwork('real'));
      const realParameters = startingParameters({ network: real.network, weights: 'as-they-are' }, realLayers, 1);
      expect(found).toEqual(await predict(backend, realLayers, realParameters, dataset.test, sharpness));
      // A trained convolution: the largest weight is at two thirds of the scale.
      const { kernel, scale } = parameters[6];
      expect(Math.tanh(k * Math.max(...kernel.map(Math.abs)))).toBeCloseTo(2 / 3, 5);
      expect(scale[0]).not.toBe(1);
    },
  );

  test('activations first: their weights become the latent ones, and both goes on from there', async () => {
    const start = { network: activations.network, weights: 'as-they-are' } as const;
    const layers = resolveLayers(everyLayerNetwork('both'));
    const parameters = startingParameters(start, layers, 2);
    const convolution = activations.network.layers[6];
    expect(parameters[6].kernel).toEqual('kernel' in convolution && convolution.kernel);
    const { hardTestAccuracy, history } = await train({ ...options, recipe: recipeOf('both'), start });
    expect(hardTestAccuracy).toBeGreaterThan(0.8);
    const fromNothing = await train({ ...options, recipe: recipeOf('both') });
    expect(history[0].loss).toBeLessThan(fromNothing.history[0].loss);
  });

  test('where a training starts is part of what it is', async () => {
    const checkpointFile = join(folder, 'start');
    const recipe = recipeOf('both');
    const start = { network: activations.network, weights: 'as-they-are' } as const;
    const whole = await train({ ...options, recipe, start, checkpointFile });
    const bytes = await readFile(checkpointFile);
    await expect(train({ ...options, recipe, checkpointFile, resume: true })).rejects.toThrow('its start is');
    const other = { network: real.network, weights: 'from-real' } as const;
    await expect(train({ ...options, recipe, start: other, checkpointFile, resume: true })).rejects.toThrow(
      'its start is',
    );
    const controller = new AbortController();
    const onEpoch = () => controller.abort();
    const stopped = train({ ...options, recipe, start, checkpointFile, signal: controller.signal, onEpoch });
    await expect(stopped).rejects.toThrow('cancelled');
    await expect(loadBestNetwork(join(folder, 'none'))).rejects.toMatchObject({ code: 'data.not-found' });
    const resumed = await train({ ...options, recipe, start, checkpointFile, resume: true });
    const loaded = await loadBestNetwork(checkpointFile);
    expect(loaded.layers[1]).toEqual(whole.network.layers[1]);
    expect((await readFile(checkpointFile)).equals(bytes)).toBe(true);
    expect(resumed.network).toEqual(whole.network);
  });

  test('a network of other layers cannot be started from', () => {
    const start = { network: real.network, weights: 'as-they-are' } as const;
    const act = () => startingParameters(start, resolveLayers(toyNetwork('both')), 1);
    expect(act).toThrow(ModelError);
    expect(act).toThrow('its layer 0 is another');
  });
});
