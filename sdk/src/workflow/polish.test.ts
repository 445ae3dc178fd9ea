import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { modelDigest } from '../model/model-file.js';
import { randomModel } from '../polish/testing/random-model.js';
import { toyDataset } from '../train/testing/toy-problem.js';
import type { Note, Observer } from './observer.js';
import { polishModel, whyNotPolished, type PolishModelOptions } from './polish.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adiabit-polishing-'));
});
afterAll(() => rm(folder, { recursive: true }));

const options = (changes: Partial<PolishModelOptions> = {}): PolishModelOptions => ({
  plan: { sweeps: 2, margin: 0.05, shifts: [{ down: 1, right: 0 }] },
  dataset: toyDataset(),
  seed: 1,
  checkpointFile: join(folder, 'polish.checkpoint'),
  ...changes,
});

/** An observer that remembers; `onProgress` is called with each step. */
function recorded(onProgress: () => void = () => undefined): { observer: Observer; notes: Note[] } {
  const notes: Note[] = [];
  return { observer: { onNote: (note) => notes.push(note), onProgress }, notes };
}

test('polishing tells of the images, every sweep and the accuracy reached', async () => {
  const { observer, notes } = recorded();
  const { history, testAccuracy, bestSweep, seconds } = await polishModel(randomModel(3), options({ observer }));
  expect(notes).toEqual([
    { kind: 'polishing', model: randomModel(3).name, images: 300 },
    ...history.map((sweep) => ({ kind: 'sweep', sweep })),
    { kind: 'polished', testAccuracy, bestSweep, seconds },
  ]);
});

test('a stopped polishing goes on from its checkpoint, and resuming without one starts at the beginning', async () => {
  const whole = await polishModel(randomModel(3), options());
  const checkpointFile = join(folder, 'stopped');
  const controller = new AbortController();
  const { observer } = recorded(() => controller.abort());
  const stopped = options({ checkpointFile, resume: true, observer, signal: controller.signal });
  await expect(polishModel(randomModel(3), stopped)).rejects.toMatchObject({ code: 'cancelled' });
  const second = recorded();
  const resumed = await polishModel(
    randomModel(3),
    options({ checkpointFile, resume: true, observer: second.observer }),
  );
  expect(modelDigest(resumed.model)).toBe(modelDigest(whole.model));
  expect(second.notes.some((note) => note.kind === 'sweep' && note.sweep.sweep === 0)).toBe(false);
});

test('a model of other layers than dense binary ones is not polished, and the reason is told', () => {
  const model = randomModel(3);
  expect(whyNotPolished(model)).toBeUndefined();
  const zeroPoints = new Int32Array(model.input.count);
  expect(whyNotPolished({ ...model, input: { ...model.input, zeroPoints } })).toContain('dense binary layers');
});
