import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTensorBackend, type TensorBackend } from '../backends/tensor-backend.js';
import { gatherBatch } from '../datasets/batches.js';
import type { NetworkSpec } from '../network/network.js';
import type { TrainedNetwork } from '../network/trained-network.js';
import { everyLayerNetwork, pictureRecipe, toyPictureDataset } from '../testing/toy-pictures.js';
import { toyNetwork } from '../testing/toy-problem.js';
import { train } from '../trainer.js';
import type { SoftTargets } from './soft-targets.js';
import { openTeacher } from './teacher.js';
import { describeBackends } from '../testing/compare-backends.js';

describeBackends((name) => {
  const dataset = toyPictureDataset([8, 6, 2]);
  const options = { dataset, seed: 1, backend: name } as const;
  const softTargets: SoftTargets = { from: 'real', temperature: 2, weight: 0.7 };
  const alone = pictureRecipe(everyLayerNetwork('both'));
  const recipe = { ...alone, softTargets };

  let backend: TensorBackend;
  let folder: string;
  let teacher: TrainedNetwork;
  beforeAll(async () => {
    backend = await openTensorBackend({ name });
    folder = await mkdtemp(join(tmpdir(), 'adiabit-teacher-'));
    teacher = (await train({ ...options, recipe: pictureRecipe(everyLayerNetwork('real')) })).network;
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('targets are the labels and the softmax of the teacher, each with its weight', async () => {
    const spec: NetworkSpec = {
      name: 'two',
      inputs: 1,
      inputBits: 8,
      divisor: 1,
      mode: 'both',
      layers: [{ units: 2, activation: 'none' }],
    };
    const kernel = Float32Array.of(Math.log(3), 0);
    const network: TrainedNetwork = {
      name: 'log 3 times the input',
      input: { count: 1, bits: 8, divisor: 1 },
      layers: [
        {
          kind: 'dense',
          inputs: 1,
          outputs: 2,
          binaryWeights: false,
          kernel,
          scale: 1,
          bias: new Float32Array(2),
          activation: 'none',
          binaryActivation: false,
        },
      ],
    };
    const teach = openTeacher(backend, spec, {
      network,
      softTargets: { from: 'real', temperature: 2, weight: 0.25 },
    });
    const batch = { size: 2, inputs: Float32Array.of(2, 4), targets: Float32Array.of(0, 1, 1, 0) };
    const tensorsBefore = backend.tf.memory().numTensors;
    const { inputs, targets } = await teach(batch);
    expect(backend.tf.memory().numTensors).toBe(tensorsBefore);
    expect(inputs).toBe(batch.inputs);
    const expected = [0.25 * 0.75, 0.75 + 0.25 * 0.25, 0.75 + 0.25 * 0.9, 0.25 * 0.1];
    expected.forEach((value, index) => expect(targets[index]).toBeCloseTo(value, 6));
    expect([...batch.targets]).toEqual([0, 1, 1, 0]);
  });

  test('a teacher that is sure of the labels leaves them nearly as they are, of whatever layers it is', async () => {
    const order = Uint32Array.from({ length: 20 }, (_, index) => index);
    const batch = gatherBatch(dataset.train, order, 0, 20);
    const teach = openTeacher(backend, recipe.network, {
      network: teacher,
      softTargets: { ...softTargets, temperature: 1 },
    });
    const { targets } = await teach(batch);
    const classes = targets.length / 20;
    for (let row = 0; row < 20; row++) {
      const [wanted, label] = [targets, batch.targets].map((all) => all.slice(row * classes, (row + 1) * classes));
      expect(wanted.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
      expect(wanted.indexOf(Math.max(...wanted))).toBe(label.indexOf(1));
    }
  });

  test('who teaches is part of what a training is, and a resumed one goes on to the same bytes', async () => {
    const [whole, stopped] = ['whole', 'stopped'].map((name) => join(folder, name));
    const taught = await train({ ...options, recipe, teacher, checkpointFile: whole });
    expect(taught.hardTestAccuracy).toBeGreaterThan(0.8);
    expect(taught.history).not.toEqual((await train({ ...options, recipe: alone })).history);
    const controller = new AbortController();
    const cancelled = { signal: controller.signal, onEpoch: () => controller.abort() };
    const first = train({ ...options, recipe, teacher, checkpointFile: stopped, ...cancelled });
    await expect(first).rejects.toMatchObject({ code: 'cancelled' });
    const other = { ...options, recipe, teacher: taught.network, checkpointFile: stopped, resume: true };
    await expect(train(other)).rejects.toThrow('its teacher is');
    await train({ ...options, recipe, teacher, checkpointFile: stopped, resume: true });
    expect(await readFile(stopped)).toEqual(await readFile(whole));
  });

  test('a recipe with soft targets needs a teacher, one without takes none, and the teacher must be of its layers', async () => {
    await expect(train({ ...options, recipe })).rejects.toThrow('learns from the outputs of a network of mode real');
    await expect(train({ ...options, recipe: alone, teacher })).rejects.toThrow('leave the teacher out');
    const elsewhere = { ...recipe, network: { ...recipe.network, layers: toyNetwork('both').layers } };
    expect(() => openTeacher(backend, elsewhere.network, { network: teacher, softTargets })).toThrow(
      expect.objectContaining({ code: 'model.shape-mismatch' }),
    );
  });

  test.each([
    ['from', { from: 'ternary' }],
    ['temperature', { temperature: 0 }],
    ['weight', { weight: 1.5 }],
  ])('refuses soft targets whose %s cannot be, saying what it was: %j', async (name, wrong) => {
    const wrongRecipe = { ...recipe, softTargets: { ...softTargets, ...wrong } as SoftTargets };
    await expect(train({ ...options, recipe: wrongRecipe, teacher })).rejects.toMatchObject({
      code: 'model.bad-value',
      message: expect.stringContaining(`softTargets.${name}`) as string,
    });
  });
});
