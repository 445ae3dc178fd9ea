import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelDigest } from '../model/model-file.js';
import { inputsOf, outputsOf, type BinarizedModel } from '../model/model.js';
import { neighbourShifts } from '../train/augmentation/shifts.js';
import { toyExamples } from '../train/testing/toy-problem.js';
import { accuracyOf } from './forward.js';
import { unpackModel } from './network.js';
import type { SweepOutcome } from './checkpoint.js';
import { polish, type PolishOptions, type PolishProgress } from './polish.js';
import { randomModel } from './testing/random-model.js';

const model = randomModel(3);
const options: PolishOptions = {
  train: toyExamples(150, 1),
  validation: toyExamples(45, 2),
  seed: 1,
  sweeps: 3,
  margin: 0.05,
};
const codeOf = (given: BinarizedModel, changes: Partial<PolishOptions>): Promise<string> =>
  polish(given, { ...options, ...changes }).then(
    () => 'none',
    (error: unknown) => (error as { code: string }).code,
  );

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adiabit-polish-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('polishing', () => {
  it('makes a poor network better and leaves its structure as it was', async () => {
    const test = toyExamples(300, 9);
    const { model: polished, history } = await polish(model, options);
    expect(accuracyOf(unpackModel(model), test)).toBeLessThan(0.7);
    expect(accuracyOf(unpackModel(polished), test)).toBeGreaterThan(0.9);
    expect(history[1].loss).toBeLessThan(history[0].loss);
    const shapes = ({ layers }: BinarizedModel) => layers.map((layer) => [inputsOf(layer), outputsOf(layer)]);
    expect(shapes(polished)).toEqual(shapes(model));
  });

  it('returns the network of the best sweep by validation', async () => {
    const { model: polished, history, bestSweep } = await polish(model, options);
    const best = Math.max(...history.map(({ validationAccuracy }) => validationAccuracy));
    expect(history[bestSweep].validationAccuracy).toBe(best);
    expect(accuracyOf(unpackModel(polished), options.validation)).toBe(best);
  });

  it('gives the same bytes for the same seed, with the kernel or the reference, and others for another seed', async () => {
    const shifts = neighbourShifts.slice(0, 2);
    const digest = async (changes: Partial<PolishOptions>): Promise<string> =>
      modelDigest((await polish(model, { ...options, shifts, ...changes })).model);
    const first = await digest({});
    expect(await digest({})).toBe(first);
    expect(await digest({ scan: 'reference' })).toBe(first);
    expect(await digest({ seed: 2 })).not.toBe(first);
    expect(await digest({ shifts: [] })).not.toBe(first);
  });

  it('reports what it does', async () => {
    const progress: PolishProgress[] = [];
    const sweeps: SweepOutcome[] = [];
    const { history } = await polish(model, {
      ...options,
      onProgress: (one) => progress.push(one),
      onSweep: (one) => sweeps.push(one),
    });
    expect(sweeps).toEqual(history);
    const ofFirst = progress.filter(({ sweep }) => sweep === 1);
    expect(ofFirst).toHaveLength(11);
    expect(ofFirst[10]).toMatchObject({ candidatesDone: ofFirst[10].candidates, kept: history[1].kept });
    expect(ofFirst[10].loss).toBe(history[1].loss);
  });

  it('stops when a sweep keeps nothing', async () => {
    const { history, model: same } = await polish(model, { ...options, margin: 1e6, sweeps: 50 });
    expect(history.map(({ kept }) => kept)).toEqual([0, 0]);
    expect(modelDigest(same)).toBe(modelDigest(model));
  });
});

describe('polishing in threads', () => {
  it.each([2, 3])('shares the images among %i and ends in the same bytes', async (threads) => {
    const plan = { ...options, shifts: neighbourShifts.slice(0, 1) };
    const one = await polish(model, { ...plan, threads: 1 });
    const several = await polish(model, { ...plan, threads });
    expect(several.history).toEqual(one.history);
    expect(modelDigest(several.model)).toBe(modelDigest(one.model));
  });

  it('goes on where one thread stopped', async () => {
    const whole = await polish(model, options);
    const checkpointFile = join(folder, 'threads');
    const controller = new AbortController();
    let done = 0;
    const onProgress = (): void => {
      if (++done === 5) controller.abort();
    };
    expect(await codeOf(model, { checkpointFile, signal: controller.signal, onProgress })).toBe('cancelled');
    const resumed = await polish(model, { ...options, checkpointFile, resume: true, threads: 2 });
    expect(modelDigest(resumed.model)).toBe(modelDigest(whole.model));
  });
});

describe('a polishing that was stopped', () => {
  it.each([0, 3, 9, 12])('after %i visits goes on to the same bytes', async (visits) => {
    const whole = await polish(model, options);
    const checkpointFile = join(folder, `stopped-${visits}`);
    const controller = new AbortController();
    let done = 0;
    if (visits === 0) controller.abort();
    const stopped = codeOf(model, {
      checkpointFile,
      signal: controller.signal,
      onProgress: () => {
        if (++done === visits) controller.abort();
      },
    });
    expect(await stopped).toBe('cancelled');
    expect(done).toBe(visits);
    const resumed = await polish(model, { ...options, checkpointFile, resume: true });
    expect(modelDigest(resumed.model)).toBe(modelDigest(whole.model));
    expect(resumed.history).toEqual(whole.history);
  });

  it('refuses a checkpoint that is missing, damaged, foreign or of another polishing', async () => {
    const checkpointFile = join(folder, 'complete');
    await polish(model, { ...options, checkpointFile });
    const resume = { checkpointFile, resume: true };
    expect(await codeOf(model, resume)).toBe('none');
    expect(await codeOf(model, { ...resume, margin: 1 })).toBe('format.bad-value');
    expect(await codeOf(randomModel(4), resume)).toBe('format.bad-value');
    expect(await codeOf(model, { resume: true })).toBe('data.not-found');
    expect(await codeOf(model, { ...resume, checkpointFile: join(folder, 'absent') })).toBe('data.not-found');
    const text = await readFile(checkpointFile, 'utf8');
    await writeFile(checkpointFile, text.replace('visits', 'visitz'));
    expect(await codeOf(model, resume)).toBe('format.digest-mismatch');
    await writeFile(checkpointFile, text.replace('"version":1', '"version":2'));
    expect(await codeOf(model, resume)).toBe('format.unsupported-version');
    await writeFile(checkpointFile, text.slice(1));
    expect(await codeOf(model, resume)).toBe('format.bad-magic');
  });
});

describe('polishing refuses', () => {
  it('plans that make no sense', async () => {
    expect(await codeOf(model, { sweeps: 0 })).toBe('model.bad-value');
    expect(await codeOf(model, { margin: -1 })).toBe('model.bad-value');
    expect(await codeOf(model, { temperature: 0 })).toBe('model.bad-value');
    expect(await codeOf(model, { shifts: [{ down: 0.5, right: 0 }] })).toBe('model.bad-value');
    expect(await codeOf(model, { seed: 0.5 })).toBe('model.bad-value');
    expect(await codeOf(model, { threads: 0 })).toBe('model.bad-value');
  });

  it('examples that do not fit', async () => {
    const { train } = options;
    expect(await codeOf(model, { train: { ...train, count: 149 } })).toBe('data.shape-mismatch');
    expect(await codeOf(model, { train: { ...train, labels: train.labels.map(() => 3) } })).toBe('data.shape-mismatch');
    expect(await codeOf(model, { validation: toyExamples(0, 1) })).toBe('data.shape-mismatch');
    expect(await codeOf({ ...model, input: { count: 12, bits: 3 } }, {})).toBe('data.shape-mismatch');
  });
});
