import { CancelledError, DataError, ModelError } from '@adiabit/simulator/errors';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTensorBackend } from './backends/tensor-backend.js';
import { evaluateHard } from './evaluation/evaluate-hard.js';
import type { EpochProgress } from './learning/epoch-progress.js';
import type { BinarizationMode } from './network/network.js';
import { toyDataset, toyRecipe } from './testing/toy-problem.js';
import { type EpochRecord, train, type TrainOptions } from './trainer.js';
import { describeBackends } from './testing/compare-backends.js';

describeBackends((name) => {
  const dataset = toyDataset();
  const toyOptions: TrainOptions = { recipe: toyRecipe(), dataset, seed: 1, backend: name };

  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'adiabit-train-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const file = (name: string) => join(folder, name);

  /** Trains until `stop` says so, which must end in a CancelledError. */
  async function trainAndCancel(
    options: TrainOptions,
    stop: (progress: EpochProgress) => boolean,
  ): Promise<CancelledError> {
    const controller = new AbortController();
    const onProgress = (progress: EpochProgress) => {
      if (stop(progress)) controller.abort();
    };
    const outcome = await train({ ...options, signal: controller.signal, onProgress }).catch((error: unknown) => error);
    expect(outcome).toBeInstanceOf(CancelledError);
    return outcome as CancelledError;
  }

  test.each<BinarizationMode>(['real', 'weights', 'activations', 'both'])(
    'a network of mode %s learns the toy problem, and its hard network is as good',
    async (mode) => {
      // In sixty steps about half of the seeds get there in mode both.
      const result = await train({ ...toyOptions, seed: 3, recipe: toyRecipe(mode) });
      expect(result.hardTestAccuracy).toBeGreaterThan(0.95);
      expect(result.hardTestAccuracy).toBe(evaluateHard(result.network, dataset.test));
      expect(result.softTestAccuracy).toBeGreaterThan(0.95);
      expect(result.history[5].loss).toBeLessThan(result.history[0].loss);
    },
  );

  test('the same seed gives the same bytes, another seed others', async () => {
    await train({ ...toyOptions, checkpointFile: file('a') });
    await train({ ...toyOptions, checkpointFile: file('b') });
    await train({ ...toyOptions, seed: 2, checkpointFile: file('c') });
    const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((name) => readFile(file(name))));
    expect(a.equals(b)).toBe(true);
    expect(a.equals(c)).toBe(false);
  });

  test.each([
    ['at the end of epoch 2', 2, 10],
    ['in the middle of epoch 3', 3, 4],
    ['in the first epoch', 1, 5],
  ])('a training stopped %s and resumed ends in the bytes of one that was not', async (_, epoch, batchesDone) => {
    const whole = await train({ ...toyOptions, checkpointFile: file('whole') });
    const options = { ...toyOptions, checkpointFile: file('parts') };
    await trainAndCancel(options, (progress) => progress.epoch === epoch && progress.batchesDone === batchesDone);
    const epochsSeen: number[] = [];
    const resumed = await train({ ...options, resume: true, onEpoch: (record) => epochsSeen.push(record.epoch) });
    const epochsDone = batchesDone === 10 ? epoch : epoch - 1;
    expect(epochsSeen[0]).toBe(epochsDone + 1);
    expect((await readFile(file('parts'))).equals(await readFile(file('whole')))).toBe(true);
    expect(resumed.network).toEqual(whole.network);
    expect(resumed.history).toEqual(whole.history);
  });

  test('a finished training can be resumed: nothing is trained and the result is the same', async () => {
    const options = { ...toyOptions, checkpointFile: file('done') };
    const first = await train(options);
    const starts: number[] = [];
    const second = await train({ ...options, resume: true, onStart: ({ epochsDone }) => starts.push(epochsDone) });
    expect(starts).toEqual([6]);
    expect({ ...second, seconds: 0 }).toEqual({ ...first, seconds: 0 });
  });

  test('a cancelled training says where its state is', async () => {
    const options = { ...toyOptions, checkpointFile: file('state') };
    const error = await trainAndCancel(options, ({ epoch }) => epoch === 3);
    expect(error.details).toEqual({ epochsDone: 2, checkpointFile: file('state') });
    expect(error.message).toContain('holds the state after epoch 2');
    expect((await trainAndCancel(toyOptions, () => true)).message).toContain('No checkpoint file was named');
  });

  test('a timer gets its turn while a long training runs, and can stop it', async () => {
    const { schedule, ...rest } = toyRecipe();
    const recipe = { ...rest, schedule: { ...schedule, phases: [{ kWeight: 3, kActivation: 3, epochs: 10_000 }] } };
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 0);
    await expect(train({ ...toyOptions, recipe, signal: controller.signal })).rejects.toBeInstanceOf(CancelledError);
  });

  test('the network kept is the hardest of the best by validation', async () => {
    const result = await train({ ...toyOptions, recipe: toyRecipe('both') });
    const accuracies = result.history.map(({ hardAccuracy }) => hardAccuracy);
    const best = Math.max(...accuracies);
    expect(result.bestEpoch).toBe(accuracies.lastIndexOf(best) + 1);
    expect(result.hardValidationAccuracy).toBe(best);
    expect(evaluateHard(result.network, dataset.validation)).toBe(best);
    const bests = result.history.map(({ isBest }) => isBest);
    expect(bests).toEqual(accuracies.map((value, index) => value >= Math.max(...accuracies.slice(0, index + 1))));
  });

  test('progress counts batches and epochs, and the clock gives speed and time left', async () => {
    const progress: EpochProgress[] = [];
    const records: EpochRecord[] = [];
    let nowMs = 0;
    await train({
      ...toyOptions,
      clock: () => (nowMs += 10),
      onProgress: (report) => progress.push(report),
      onEpoch: (record) => records.push(record),
    });
    expect(progress).toHaveLength(60);
    expect(progress[9]).toMatchObject({ epoch: 1, epochs: 6, batchesDone: 10, batches: 10, loss: records[0].loss });
    expect(records.map(({ epoch, kWeight }) => [epoch, kWeight])).toEqual([
      ...[
        [1, 3],
        [2, 3],
        [3, 20],
        [4, 20],
        [5, 500],
        [6, 500],
      ],
    ]);
    expect(progress.every(({ samplesPerSecond }) => samplesPerSecond > 0)).toBe(true);
    const secondsLeft = records.map((record) => record.secondsLeft);
    expect(secondsLeft).toEqual([...secondsLeft].sort((left, right) => right - left));
    expect(secondsLeft[5]).toBe(0);
  });

  test('no tensor outlives a training, finished, cancelled or diverged', async () => {
    const backend = await openTensorBackend({ name });
    const count = () => ({ tensors: backend.tf.memory().numTensors, held: backend.tf.engine().backend.numDataIds() });
    await train(toyOptions);
    backend.activate();
    const before = count();
    await train(toyOptions);
    await trainAndCancel(toyOptions, ({ epoch }) => epoch === 2);
    await expect(train(divergingOptions())).rejects.toThrow('diverged');
    backend.activate();
    expect(count()).toEqual(before);
  });

  function divergingOptions(): TrainOptions {
    const { schedule, ...rest } = toyRecipe();
    const learningRate = { ...schedule.learningRate, initial: 1e12 };
    return { ...toyOptions, recipe: { ...rest, schedule: { ...schedule, learningRate } } };
  }

  test('a training that diverges says in which epoch and at which sharpness', async () => {
    const training = train(divergingOptions());
    await expect(training).rejects.toBeInstanceOf(ModelError);
    await expect(training).rejects.toMatchObject({
      code: 'model.bad-value',
      details: { epoch: 1, kWeight: 3, kActivation: 3, learningRate: 1e12 },
    });
  });

  test('trainings that run at the same time, even on two backends, do not disturb each other', async () => {
    const options = (backend: typeof name | 'cpu', seed: number, checkpoint: string): TrainOptions => ({
      ...toyOptions,
      backend,
      seed,
      checkpointFile: file(checkpoint),
    });
    await train(options(name, 1, 'a'));
    await train(options(name, 2, 'b'));
    await train(options('cpu', 1, 'c'));
    await Promise.all([train(options(name, 1, 'a2')), train(options(name, 2, 'b2')), train(options('cpu', 1, 'c2'))]);
    for (const one of ['a', 'b', 'c']) {
      expect((await readFile(file(one))).equals(await readFile(file(`${one}2`)))).toBe(true);
    }
  });

  test('data that does not fit the network is refused before anything is loaded or written', async () => {
    const recipe = { ...toyRecipe(), network: { ...toyRecipe().network, inputs: 13 } };
    const training = train({ ...toyOptions, recipe, checkpointFile: file('never') });
    await expect(training).rejects.toBeInstanceOf(DataError);
    await expect(readFile(file('never'))).rejects.toThrow();
  });

  test('a seed that is no integer and a batch of no examples are refused', async () => {
    await expect(train({ ...toyOptions, seed: 0.5 })).rejects.toThrow(
      'A seed is an integer of at most 53 bits, not 0.5',
    );
    const recipe = { ...toyRecipe(), batchSize: 0 };
    await expect(train({ ...toyOptions, recipe })).rejects.toThrow('batchSize must be a positive integer, not 0');
  });

  test('resuming needs a checkpoint of the same training', async () => {
    await expect(train({ ...toyOptions, resume: true })).rejects.toMatchObject({ code: 'data.not-found' });
    const options = { ...toyOptions, checkpointFile: file('other') };
    await expect(train({ ...options, resume: true })).rejects.toMatchObject({ code: 'data.not-found' });
    await train(options);
    await expect(train({ ...options, seed: 2, resume: true })).rejects.toMatchObject({
      code: 'format.bad-value',
      details: { field: 'seed', found: '1', expected: '2' },
    });
  });
});
