import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findRecipe, recipeFamilies } from '../train/recipes/families.js';
import { toyDataset } from '../train/testing/toy-problem.js';
import { planTrainings } from './plan.js';
import { resultRows, summarizeModes, type ModeTraining } from './results.js';
import { resultsTable } from './table.js';
import { differenceFrom, loadRecord, saveRecord, type TrainingRecord } from './training-record.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adiabit-results-'));
});
afterAll(() => rm(folder, { recursive: true }));

const recipe = findRecipe('mnist-both')!;

function record(seed: number, hard: number, frozen: number | null = null): TrainingRecord {
  return {
    recipe: 'mnist-both',
    seed,
    backend: 'wasm',
    epochs: 29,
    bestEpoch: 28,
    seconds: 60,
    softTestAccuracy: hard + 0.01,
    hardTestAccuracy: hard,
    frozenTestAccuracy: frozen,
    ...(frozen === null ? { notFrozen: 'it is real' } : {}),
    identity: { recipe, seed, backend: 'wasm', dataset: 'd1' },
    history: [],
  };
}

const trainings: readonly ModeTraining[] = [
  { mode: 'real', record: record(1, 0.98) },
  { mode: 'both', record: record(1, 0.96, 0.96) },
  { mode: 'real', record: record(2, 0.97) },
  { mode: 'both', record: record(2, 0.94, 0.94) },
  { mode: 'both', record: record(3, 0.95, 0.95) },
];

test('the gap is to the real network of the same seed, and none where there is none', () => {
  const gaps = resultRows(trainings).map(({ gapToReal }) => gapToReal);
  expect(gaps.map((gap) => (gap === null ? null : gap.toFixed(6)))).toEqual([
    null,
    '-0.020000',
    null,
    '-0.030000',
    null,
  ]);
});

test('a mode is summed up by mean and sample deviation, and one value that is missing leaves the mean out', () => {
  const [real, both] = summarizeModes(resultRows(trainings));
  expect(real.seeds).toEqual([1, 2]);
  expect(real.frozen).toBeNull();
  expect(both.hard.mean).toBeCloseTo(0.95, 12);
  expect(both.hard.deviation).toBeCloseTo(0.01, 12);
  expect(both.gapToReal).toBeNull();
  const [single] = summarizeModes(resultRows(trainings.slice(0, 1)));
  expect(single.hard.deviation).toBeNull();
});

test('the table has a row a mode and a row a training, and says why a network was not frozen', () => {
  const context = { family: 'mnist', dataset: toyDataset(), command: 'adiabit x', curves: 'c.svg', missing: 1 };
  const text = resultsTable(context, resultRows(trainings));
  expect(text).toContain('`adiabit x` made this page; 1\u00a0training to go.');
  expect(text.match(/^\| both \|.*$/m)?.[0].replace(/[\u202f\u00a0]/g, ' ')).toBe(
    '| both | 1, 2, 3 | 96.00 % ± 1.00 | 95.00 % ± 1.00 | 95.00 % ± 1.00 | - | 1 min 0 s |',
  );
  expect(text.match(/^\| mnist-both \|/gm)).toHaveLength(5);
  expect(text).toContain('* real: it is real');
  // Every row of a table has the cells of its head.
  for (const table of text.split('\n\n').filter((part) => part.startsWith('|'))) {
    const widths = table
      .trim()
      .split('\n')
      .map((line) => line.split('|').length);
    expect(new Set(widths).size).toBe(1);
  }
});

test('a plan goes through the modes seed by seed, real first, each seed once', () => {
  const plan = planTrainings(recipeFamilies[0], ['both', 'real'], [3, 1, 3]);
  expect(plan.map(({ recipe: { name }, seed }) => `${name} ${seed}`)).toEqual([
    'mnist-real 3',
    'mnist-both 3',
    'mnist-real 1',
    'mnist-both 1',
  ]);
});

test('a mode that starts from another one has it trained first', () => {
  const family = recipeFamilies.find(({ name }) => name === 'cifar10-resnet20')!;
  expect(planTrainings(family, ['both'], [1]).map(({ mode, start }) => [mode, start?.from])).toEqual([
    ['real', undefined],
    ['activations', undefined],
    ['both', 'activations'],
  ]);
});

test('every family has its four modes', () => {
  for (const family of recipeFamilies) {
    const plan = planTrainings(family, ['real', 'weights', 'activations', 'both'], [1]);
    expect(plan.map(({ recipe: { network } }) => network.mode)).toEqual(['real', 'weights', 'activations', 'both']);
  }
});

test('a record comes back whole; none is none, and another file is refused by name', async () => {
  const file = join(folder, 'training.json');
  expect(await loadRecord(file)).toBeUndefined();
  await saveRecord(file, record(1, 0.9));
  expect(await loadRecord(file)).toEqual(record(1, 0.9));
  // Records of earlier programs name activations by the letters of the paper.
  const text = await readFile(file, 'utf8');
  const letters = { HT: 'hard-tanh', RL: 'rectified-tanh', H: 'sigmoid', CLU: 'clipped-linear' };
  const named = Object.entries(letters).reduce(
    (all, [letter, name]) => all.replaceAll(`"activation": "${name}"`, `"activation": "${letter}"`),
    text,
  );
  expect(named).not.toBe(text);
  await writeFile(file, named);
  expect(await loadRecord(file)).toEqual(record(1, 0.9));
  await writeFile(file, '{"recipe": 3}');
  await expect(loadRecord(file)).rejects.toMatchObject({ code: 'format.bad-value', details: { file } });
});

test('a record tells in what it differs from the training wanted', () => {
  expect(differenceFrom(record(1, 0.9), { recipe, seed: 1, dataset: 'd1' })).toBeUndefined();
  expect(differenceFrom(record(1, 0.9), { recipe, seed: 1, dataset: 'd1', backend: 'cpu' })?.path).toBe('backend');
  const changed = { ...recipe, batchSize: 33 };
  expect(differenceFrom(record(1, 0.9), { recipe: changed, seed: 1, dataset: 'd1' })?.path).toBe('recipe.batchSize');
  expect(differenceFrom(record(1, 0.9), { recipe, seed: 1, dataset: 'd1', start: 's' })?.path).toBe('start');
});
