import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { modelDigest } from '../model/model-file.js';
import { randomModel } from '../polish/testing/random-model.js';
import { toyDataset } from '../train/testing/toy-problem.js';
import { polishModel, type PolishingStage } from './polishing.js';
import type { Terminal } from './terminal.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adiabit-polishing-'));
});
afterAll(() => rm(folder, { recursive: true }));

const stage = (changes: Partial<PolishingStage> = {}): PolishingStage => ({
  plan: { sweeps: 2, margin: 0.05, shifts: [{ down: 1, right: 0 }] },
  dataset: toyDataset(),
  seed: 1,
  checkpointFile: join(folder, 'polish.checkpoint'),
  resume: false,
  signal: new AbortController().signal,
  ...changes,
});

/** A terminal that remembers; `onBar` is called with each update of the bar. */
function recorded(onBar: () => void = () => undefined): { terminal: Terminal; lines: string[] } {
  const lines: string[] = [];
  const terminal: Terminal = {
    json: false,
    say: (...pieces) => lines.push(pieces.map((piece) => (typeof piece === 'string' ? piece : piece.text)).join('')),
    result: () => undefined,
    progress: () => ({ update: onBar, stop: () => undefined }),
  };
  return { terminal, lines };
}

test('polishing tells of the images, every sweep and the accuracy reached', async () => {
  const { terminal, lines } = recorded();
  const { history, testAccuracy } = await polishModel(terminal, randomModel(3), stage());
  expect(lines[0]).toMatch(/on 300 images/);
  expect(lines.filter((line) => line.startsWith('  sweep '))).toHaveLength(history.length);
  expect(lines[lines.length - 1]).toContain(`test accuracy: ${(100 * testAccuracy).toFixed(2)} % polished (sweep`);
});

test('a stopped polishing goes on from its checkpoint, and resuming without one starts at the beginning', async () => {
  const whole = await polishModel(recorded().terminal, randomModel(3), stage());
  const checkpointFile = join(folder, 'stopped');
  const controller = new AbortController();
  const { terminal } = recorded(() => controller.abort());
  const stopped = stage({ checkpointFile, resume: true, signal: controller.signal });
  await expect(polishModel(terminal, randomModel(3), stopped)).rejects.toMatchObject({ code: 'cancelled' });
  const { terminal: second, lines } = recorded();
  const resumed = await polishModel(second, randomModel(3), stage({ checkpointFile, resume: true }));
  expect(modelDigest(resumed.model)).toBe(modelDigest(whole.model));
  expect(lines.some((line) => line.includes('sweep 0'))).toBe(false);
});
