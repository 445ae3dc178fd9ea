/** What is committed, held against config, data and model: every reason for which a check fails. */
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bitstreamOf, decodeBitstream, encodeBitstream, type Bitstream } from '@adiabit/simulator/bitstream';
import type { ProjectConfig } from '@adiabit/sdk/config';
import { loadModelFile, serializeModel } from '@adiabit/sdk/model';
import { buildProject, checkProject, type CheckedProject } from '@adiabit/sdk/workflow';
import { barsConfig, writeBars, writeConfig, writeProject } from '../support/project.js';

const config = {
  ...barsConfig,
  targets: { boards: ['rp2040'], circuits: [{ chip: 'lut4', form: 'specialised' }] },
  budgets: { minAccuracy: 0.5 },
} as const satisfies ProjectConfig;

let built: string;
let folder: string;
const file = (name: string): string => join(folder, name);
const check = (): Promise<CheckedProject> => checkProject({ config: file('adiabit.config.json') });

beforeAll(async () => {
  built = await mkdtemp(join(tmpdir(), 'adiabit-check-'));
  await writeProject(built, config);
  await buildProject({ config: join(built, 'adiabit.config.json') });
  await rm(join(built, '.adiabit'), { recursive: true });
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adiabit-checked-'));
  await cp(built, folder, { recursive: true });
  return () => rm(folder, { recursive: true });
});
afterAll(() => rm(built, { recursive: true }));

interface LockText {
  files: Record<string, string>;
  compilation: { figures: { boards: Record<string, { cycles: number }>; bitstreamBytes: number } };
  training: { accuracy: { frozen: number } };
  sources: { seed: number };
}

/** Changes the lock by hand. */
async function changeLock(change: (lock: LockText) => void): Promise<void> {
  const path = file('network/adiabit.lock.json');
  const lock = JSON.parse(await readFile(path, 'utf8')) as LockText;
  change(lock);
  await writeFile(path, JSON.stringify(lock));
}

/** Replaces a committed file, and its digest in the lock, as one would who knows how. */
async function forge(name: string, content: string | Uint8Array): Promise<void> {
  await writeFile(file(`network/${name}`), content);
  await changeLock((lock) => {
    lock.files[name] = createHash('sha256').update(content).digest('hex');
  });
}

const encoded = ({ network, description }: Bitstream, goldenVectors: Bitstream['goldenVectors']): Uint8Array =>
  encodeBitstream(bitstreamOf(network, description, goldenVectors));

const refusal = async (): Promise<string> => {
  const error = (await check().catch((reason: unknown) => reason)) as {
    readonly code: string;
    readonly message: string;
  };
  expect(error.code).toBe('project.out-of-date');
  return error.message;
};

describe('checkProject', () => {
  it('finds what was just built as it should be, and trains nothing', async () => {
    expect(await check()).toMatchObject({ hasData: true, notMeasured: [], budgets: expect.any(Array) as unknown });
  });

  it('says when the data are absent, and checks all the rest', async () => {
    await rm(file('bars'), { recursive: true });
    expect(await check()).toMatchObject({ hasData: false });
  });

  it('fails where nothing was built', async () => {
    await rm(file('network/adiabit.lock.json'));
    await expect(check()).rejects.toMatchObject({ code: 'project.not-built' });
  });

  it.each<[string, ProjectConfig, RegExp]>([
    [
      'the recipe',
      { ...config, recipe: { ...config.recipe, batchSize: 30 } },
      /recipe\.batchSize is 30 in .*adiabit\.config\.json, and was 15/,
    ],
    ['the seed', { ...config, seed: 2 }, /seed is 2 in .*, and was 1/],
    ['the backend', { ...config, backend: 'cpu' }, /backend is "cpu" in .*, and was "wasm"/],
    ['the golden vectors', { ...config, golden: 5 }, /golden is 5 in .*, and was 4/],
    [
      'the targets',
      { ...config, targets: { ...config.targets, c: true } },
      /targets\.c is true in .*, and was false.*bars\.c was not built/,
    ],
    ['the centring of inputs', { ...config, normalize: false }, /normalize is false in .*, and was true/],
    [
      'how the data are read',
      { ...config, data: { ...config.data, splitSeed: 3 } },
      /data\.splitSeed is 3 in .*, and was nothing/,
    ],
  ])('fails and names the source when %s changed in the config', async (_, changed, message) => {
    await writeConfig(folder, changed);
    expect(await refusal()).toMatch(message);
  });

  it('fails when the data are others', async () => {
    await writeBars(file('bars'), 150, 999);
    expect(await refusal()).toContain('the data are others than it was trained on');
  });

  it('is content with a changed budget that holds, and fails with one that does not', async () => {
    await writeConfig(folder, { ...config, budgets: { minAccuracy: 0.6, maxCycles: 10_000_000 } });
    expect((await check()).budgets).toContainEqual(
      expect.objectContaining({ budget: 'maxCycles.rp2040', isMissed: false }),
    );
    await writeConfig(folder, { ...config, budgets: { maxCycles: 100, maxLuts: 1 } });
    await expect(check()).rejects.toMatchObject({
      code: 'project.budget-missed',
      details: { budgets: ['maxCycles.rp2040', 'maxLuts.lut4'] },
    });
  });

  it('fails when a committed file is missing, or was changed', async () => {
    await rm(file('network/bars-lut4.v'));
    await writeFile(file('network/bars.model.json'), '{}');
    expect(await refusal()).toMatch(/bars\.model\.json is another file than was built.*bars-lut4\.v is missing/);
  });

  it('fails when the bitstream is another than the model compiles to, though the lock has its digest', async () => {
    const { model, comparison } = await loadModelFile(file('network/bars.model.json'));
    await forge('bars.model.json', serializeModel({ ...model, name: 'other' }, comparison));
    expect(await refusal()).toContain('bars.abit is not what the model compiles to');
  });

  it('fails when a golden vector is not what the integer oracle gives', async () => {
    const bitstream = decodeBitstream(await readFile(file('network/bars.abit')));
    const [first, ...rest] = bitstream.goldenVectors;
    const wrong = { ...first, outputs: first.outputs.map((output) => output + 1) };
    await forge('bars.abit', encoded(bitstream, [wrong, ...rest]));
    expect(await refusal()).toContain('1 of 4 golden vectors in bars.abit are not what its network gives');
  });

  it('fails when figures in the lock are not those that it finds', async () => {
    await changeLock(({ compilation: { figures }, training: { accuracy } }) => {
      figures.boards['rp2040'].cycles = 100;
      figures.bitstreamBytes -= 1;
      accuracy.frozen = 0.99;
    });
    const message = await refusal();
    expect(message).toMatch(/an inference on rp2040 takes \d+ cycles, and took 100/);
    expect(message).toMatch(/bitstreamBytes is (\d+), and was/);
    expect(message).toMatch(/the frozen network gets [\d.]+ % of the test right, not 99\.00 % as the lock says/);
  });

  it('fails when the sources in the lock were changed by hand, though the config says the same', async () => {
    await writeConfig(folder, { ...config, seed: 5 });
    await changeLock(({ sources }) => {
      sources.seed = 5;
    });
    expect(await refusal()).toContain('the sources in the lock were changed by hand');
  });

  it('refuses a lock that is none', async () => {
    await writeFile(file('network/adiabit.lock.json'), '{"format":"adiabit-lock","version":9}');
    await expect(check()).rejects.toMatchObject({ code: 'format.bad-value' });
  });
});
