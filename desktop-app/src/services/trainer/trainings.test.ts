import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CancelledError, DataError } from '@adiabit/simulator/errors';
import { findRecipe } from '@adiabit/sdk/train';
import type { EpochPoint, TrainingResult } from '../../common/contract/training.js';
import { TrainingFolders, type TrainingPlan } from './training-folders.js';
import { Trainings, type Telling, type Work } from './trainings.js';

const result: TrainingResult = { softAccuracy: 1, hardAccuracy: 1, bestEpoch: 1, seconds: 1, backend: 'wasm' };

const plan = (seed: number): TrainingPlan => ({
  name: 'digits',
  recipe: findRecipe('mnist-demo')!,
  data: 'mnist',
  dataName: 'MNIST digits',
  seed,
  backend: 'auto',
  createdMs: 1,
});

const point: EpochPoint = {
  epoch: 1,
  kWeight: 3,
  kActivation: 3,
  learningRate: 1e-3,
  loss: 1,
  softAccuracy: 0.5,
  hardAccuracy: 0.5,
  isBest: true,
};

interface Running {
  readonly seed: number;
  readonly resume: boolean;
  readonly telling: Telling;
  readonly finish: () => void;
  readonly fail: (error: Error) => void;
}

describe('trainings', () => {
  let state: string;
  let running: Running[];

  /** Trains until it is told to end, or cancelled: when a training ends is what these tests decide. */
  const work: Work = ({ seed }, { resume, signal }, telling) =>
    new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(new CancelledError()));
      running.push({ seed, resume, telling, finish: () => resolve(result), fail: reject });
    });
  const open = (): Promise<Trainings> =>
    Trainings.open({
      folders: new TrainingFolders(state),
      work,
      onChange: () => undefined,
      onEpoch: () => undefined,
    });
  const states = (trainings: Trainings): readonly string[] => trainings.list().map((one) => one.state);
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  beforeEach(async () => {
    state = await mkdtemp(join(tmpdir(), 'adiabit-trainings-'));
    running = [];
  });
  afterEach(() => rm(state, { recursive: true, force: true }));

  it('runs one at a time, in the order in which they came', async () => {
    const trainings = await open();
    await trainings.start(plan(1));
    await trainings.start(plan(2));
    await until(() => running.length === 1);
    expect(states(trainings)).toEqual(['waiting', 'running']);
    running[0].finish();
    await until(() => running.length === 2);
    expect(running[1].seed).toBe(2);
    running[1].finish();
    await until(() => states(trainings).every((one) => one === 'done'));
  });

  it('tells how far a training is, and keeps each doubt once', async () => {
    const trainings = await open();
    const { id } = await trainings.start(plan(1));
    await until(() => running.length === 1);
    running[0].telling.epoch(point);
    running[0].telling.progress({ stage: 'train', done: 3, total: 9, loss: 0.4 });
    running[0].telling.doubt('It guesses.');
    running[0].telling.doubt('It guesses.');
    expect(trainings.get(id)).toMatchObject({
      epochsDone: 1,
      epochs: 16,
      progress: { stage: 'train', done: 3, total: 9, loss: 0.4 },
      doubts: ['It guesses.'],
    });
    running[0].finish();
    await until(() => trainings.get(id).state === 'done');
    expect(trainings.get(id).progress).toBeUndefined();
  });

  it('cancels the one that runs, goes on to the next, and resumes the first later', async () => {
    const trainings = await open();
    const { id } = await trainings.start(plan(1));
    await trainings.start(plan(2));
    await until(() => running.length === 1);
    await trainings.cancel(id);
    expect(trainings.get(id).state).toBe('cancelled');
    await until(() => running.length === 2);
    await trainings.resume(id);
    expect(states(trainings)).toEqual(['running', 'waiting']);
    running[1].finish();
    await until(() => running.length === 3);
    expect(running[2].seed).toBe(1);
  });

  it('takes one that waits from the queue', async () => {
    const trainings = await open();
    await trainings.start(plan(1));
    const { id } = await trainings.start(plan(2));
    await trainings.cancel(id);
    expect(states(trainings)).toEqual(['cancelled', 'running']);
  });

  it('keeps what went wrong, and goes on with the next', async () => {
    const trainings = await open();
    const { id } = await trainings.start(plan(1));
    await trainings.start(plan(2));
    await until(() => running.length === 1);
    running[0].fail(new DataError('not-found', 'No pictures.'));
    await until(() => running.length === 2);
    expect(trainings.get(id)).toMatchObject({
      state: 'failed',
      error: { code: 'data.not-found', message: 'No pictures.' },
    });
  });

  it('knows all of them after its process ended; what ran then is stopped, and can go on', async () => {
    const before = await open();
    await before.start(plan(1));
    await before.start(plan(2));
    await until(() => running.length === 1);
    running[0].finish();
    await until(() => running.length === 2);
    const after = await open();
    expect(states(after)).toEqual(['stopped', 'done']);
    const [stopped, done] = after.list();
    expect(done.result).toEqual(result);
    await expect(after.resume(done.id)).rejects.toThrow('nothing to resume');
    await after.resume(stopped.id);
    await until(() => running.length === 3);
    expect(running[2]).toMatchObject({ seed: 2, resume: false });
  });

  it('leaves what runs to be resumed when it closes', async () => {
    const trainings = await open();
    await trainings.start(plan(1));
    await until(() => running.length === 1);
    await trainings.close();
    expect(states(await open())).toEqual(['stopped']);
  });

  it('goes on from a checkpoint where there is one', async () => {
    const trainings = await open();
    const { id } = await trainings.start(plan(1));
    await until(() => running.length === 1);
    await writeFile(new TrainingFolders(state).checkpointOf(id), 'a damaged checkpoint');
    await trainings.cancel(id);
    await trainings.resume(id);
    await until(() => running.length === 2);
    expect(running[1].resume).toBe(true);
  });

  it('deletes a training with its files, but none that runs', async () => {
    const trainings = await open();
    const { id } = await trainings.start(plan(1));
    await until(() => running.length === 1);
    await expect(trainings.remove(id)).rejects.toThrow('Cancel it first');
    await trainings.cancel(id);
    await trainings.remove(id);
    expect(trainings.list()).toEqual([]);
    expect(await readdir(join(state, 'trainings'))).toEqual([]);
    expect(() => trainings.get(id)).toThrow('no training');
  });

  it('lists a folder that cannot be read, says so, and lets it be deleted alone', async () => {
    const folder = join(state, 'trainings', '0007-digits-seed-1');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'plan.json'), '{ "name": ');
    const trainings = await open();
    const [broken] = trainings.list();
    expect(broken).toMatchObject({ id: '0007-digits-seed-1', state: 'failed' });
    expect(broken.error?.message).toContain('cannot be read');
    await expect(trainings.resume(broken.id)).rejects.toThrow('Delete it');
    expect((await trainings.start(plan(2))).id).toBe('0008-digits-seed-2');
    await trainings.remove(broken.id);
    expect(trainings.list()).toHaveLength(1);
  });
});
