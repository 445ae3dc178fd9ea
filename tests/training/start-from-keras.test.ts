/** A Keras file, and a checkpoint of ours, as the start of a training. */
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildProject, checkProject, openProject, trainProject } from '@adiabit/sdk/workflow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hardOutputs } from '../../sdk/src/train/evaluation/evaluate-hard.js';
import type { NetworkSpec } from '../../sdk/src/train/network/layer-specs.js';
import { findRecipe } from '../../sdk/src/train/recipes/families.js';
import { startFrom } from '../../sdk/src/workflow/start.js';
import { barsConfig, writeConfig, writeProject } from '../support/project.js';

const vector = (name: string): string => fileURLToPath(new URL(`../vectors/keras/${name}`, import.meta.url));

describe('a Keras file', () => {
  const network: NetworkSpec = {
    name: 'start',
    inputs: 48,
    inputShape: [6, 4, 2],
    inputBits: 8,
    divisor: 255,
    layers: [
      { kind: 'convolution', filters: 4, size: [2, 3], padding: 'same' },
      { kind: 'max-pool', size: 2 },
      { kind: 'flatten' },
      { units: 5, activation: 'relu' },
      { units: 3, activation: 'none' },
    ],
    mode: 'both',
  };
  const recipe = { ...findRecipe('mnist-both')!, network };

  it('is, as the start of a recipe, what Keras computes', async () => {
    const { inputs, outputs } = JSON.parse(await readFile(vector('start-pictures.json'), 'utf8')) as {
      readonly inputs: string;
      readonly outputs: readonly (readonly number[])[];
    };
    const { network: start, weights } = await startFrom(vector('start-pictures.h5'), recipe);
    expect(weights).toBe('from-real');
    const outputsOf = hardOutputs(start);
    const bytes = Buffer.from(inputs, 'base64');
    outputs.forEach((wanted, example) => {
      const input = bytes.subarray(example * network.inputs, (example + 1) * network.inputs);
      outputsOf(input).forEach((value, output) => expect(value).toBeCloseTo(wanted[output], 4));
    });
  });

  it('is refused by a recipe of another shape, with both shapes', async () => {
    const other = {
      ...recipe,
      network: { ...network, layers: network.layers.with(3, { units: 6, activation: 'relu' }) },
    };
    await expect(startFrom(vector('start-pictures.h5'), other)).rejects.toMatchObject({ code: 'model.shape-mismatch' });
  });
});

describe('a checkpoint', () => {
  let folder: string;
  const config = (): string => join(folder, 'adiabit.config.json');
  const start = 'real.checkpoint';
  const binary = { ...barsConfig, normalize: false } as const;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'adiabit-start-'));
    const { network, schedule } = binary.recipe;
    const phases = schedule.phases.map((phase) => ({ ...phase, epochs: 5 }));
    const recipe = {
      ...binary.recipe,
      network: { ...network, mode: 'real' },
      schedule: { ...schedule, phases },
    } as const;
    const real = { ...binary, recipe };
    await writeProject(folder, real);
    const trained = await trainProject(await openProject({ config: config() }), {});
    await copyFile(join(trained.folder, 'training.checkpoint'), join(folder, start));
    await writeConfig(folder, { ...binary, start });
    await buildProject({ config: config() });
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('starts a binary training where the real one ended', async () => {
    await writeConfig(folder, binary);
    const anew = await trainProject(await openProject({ config: config() }), {});
    await writeConfig(folder, { ...binary, start });
    const { record } = await trainProject(await openProject({ config: config() }), {});
    expect(record.history[0].loss).toBeLessThan(anew.record.history[0].loss / 2);
  });

  it('is what a check compares, and may be absent, as data may', async () => {
    await checkProject({ config: config() });
    const kept = await readFile(join(folder, start));
    await writeFile(join(folder, start), kept.subarray(1));
    await expect(checkProject({ config: config() })).rejects.toMatchObject({
      code: 'project.out-of-date',
      message: expect.stringContaining('the start real.checkpoint is another network than it was') as string,
    });
    await rm(join(folder, start));
    await checkProject({ config: config() });
    await writeFile(join(folder, start), kept);
  });

  it.each([
    ['names none any more', binary, 'the config names no start'],
    ['names a teacher that there was not', { ...binary, start, teacher: start }, 'teacher is real.checkpoint in'],
  ])('fails a check when the config %s', async (_, changed, message) => {
    await writeConfig(folder, changed);
    await expect(checkProject({ config: config() })).rejects.toMatchObject({
      code: 'project.out-of-date',
      message: expect.stringContaining(message) as string,
    });
    await writeConfig(folder, { ...binary, start });
  });
});
