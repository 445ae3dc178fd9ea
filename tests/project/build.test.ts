/** A project from its config to committed files, and only what changed done again. */
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProjectConfig } from '@adiabit/sdk/config';
import { buildProject, type BuiltProject, type Note } from '@adiabit/sdk/workflow';
import { barsConfig, writeBars, writeConfig, writeProject } from '../support/project.js';

let folder: string;
const file = (name: string): string => join(folder, name);
const notes: Note[] = [];
const build = async (signal?: AbortSignal, onNote?: (note: Note) => void): Promise<BuiltProject> => {
  notes.length = 0;
  const observer = {
    onNote: (note: Note) => {
      notes.push(note);
      onNote?.(note);
    },
  };
  return buildProject({ config: file('adiabit.config.json'), observer, signal });
};
const withConfig = async (config: ProjectConfig): Promise<BuiltProject> => {
  await writeConfig(folder, config);
  return build();
};
const committed = async (): Promise<Readonly<Record<string, string>>> => {
  const names = await readdir(file('network'));
  const read = async (name: string) => [name, (await readFile(file(`network/${name}`))).toString('base64')] as const;
  return Object.fromEntries<string>(await Promise.all(names.map(read)));
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adiabit-project-'));
  await writeProject(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const targets = { boards: ['rp2040', 'uno'], circuits: [{ chip: 'ice40-up5k', form: 'folded' }], c: true } as const;

describe('buildProject', () => {
  it('trains on from the last whole epoch after it was stopped', async () => {
    const stop = new AbortController();
    const stopped = build(stop.signal, ({ kind }) => kind === 'epoch' && stop.abort());
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
    const { trained, compiled, lock } = await build();
    expect([trained, compiled]).toEqual([true, true]);
    expect(notes.find(({ kind }) => kind === 'training')).toMatchObject({ epochsDone: 1 });
    expect(lock.training.accuracy.frozen).toBeGreaterThan(0.9);
    expect(Object.keys(lock.files).sort()).toEqual(['bars.abit', 'bars.model.json']);
  });

  it('leaves a page with the confusion matrix, apart from what is committed', async () => {
    expect(await readFile(file('.adiabit/report.html'), 'utf8')).toContain('Confusion matrix of 3 classes');
    expect(await readFile(file('.adiabit/.gitignore'), 'utf8')).toBe('*\n');
    expect(await readdir(file('network'))).toEqual(['adiabit.lock.json', 'bars.abit', 'bars.model.json']);
  });

  it('does nothing again when nothing has changed, also where only the committed files are', async () => {
    const before = await committed();
    expect(await build()).toMatchObject({ trained: false, compiled: false });
    await rm(file('.adiabit'), { recursive: true });
    expect(await build()).toMatchObject({ trained: false, compiled: false });
    expect(await committed()).toEqual(before);
  });

  it('only compiles for changed targets, and measures each', async () => {
    const { trained, compiled, lock, files } = await withConfig({ ...barsConfig, targets });
    expect([trained, compiled]).toEqual([false, true]);
    const { boards, circuits } = lock.compilation.figures;
    expect(boards['rp2040'].cycles).toBeGreaterThan(1000);
    expect(boards['uno'].cycles).toBeGreaterThan(boards['rp2040'].cycles!);
    expect(circuits['ice40-up5k']).toMatchObject({ form: 'folded' });
    expect(circuits['ice40-up5k'].luts).toBeGreaterThan(50);
    expect(files.map((path) => path.slice(file('network/').length)).sort()).toEqual([
      'adiabit.lock.json',
      'bars-ice40-up5k.v',
      'bars.abit',
      'bars.c',
      'bars.h',
      'bars.model.json',
    ]);
  });

  it('removes the file of a target that is none any more', async () => {
    await withConfig({ ...barsConfig, targets: { ...targets, c: false } });
    expect(Object.keys(await committed())).not.toContain('bars.c');
  });

  it('lists every budget that is missed, and leaves the committed files as they were', async () => {
    const before = await committed();
    const budgets = {
      minAccuracy: 1,
      maxCycles: { rp2040: 10 },
      maxLuts: 20,
      maxBitstreamBytes: 100_000,
      maxFlashBytes: 40,
    };
    const missed = withConfig({ ...barsConfig, seed: 2, targets: { ...targets, c: false }, budgets });
    await expect(missed).rejects.toMatchObject({ code: 'project.budget-missed' });
    const error = (await missed.catch((reason: unknown) => reason)) as {
      message: string;
      details: { budgets: string[] };
    };
    expect(error.details.budgets).toEqual(
      expect.arrayContaining(['maxFlashBytes.rp2040', 'maxCycles.rp2040', 'maxLuts.ice40-up5k']),
    );
    expect(error.message).toMatch(/cycles on rp2040: [\d,]+, at most 10 allowed, [\d,]+ too many \([\d.]+ %\)/);
    expect(error.message).not.toContain('bytes of the bitstream');
    expect(await committed()).toEqual(before);
  });

  it('trains nothing when only a budget changed, also after it was missed', async () => {
    const loosened = { ...barsConfig, seed: 2, targets: { ...targets, c: false }, budgets: { minAccuracy: 0.5 } };
    expect(await withConfig(loosened)).toMatchObject({ trained: false, compiled: true });
    expect(notes.map(({ kind }) => kind)).toContain('finished-before');
    const again = await withConfig({ ...loosened, budgets: { minAccuracy: 0.6 } });
    expect(again).toMatchObject({ trained: false, compiled: false });
    expect(again.budgets).toContainEqual(
      expect.objectContaining({ budget: 'minAccuracy', allowed: 0.6, isMissed: false }),
    );
  });

  it('tells of a board that has no room as of a budget', async () => {
    const layers = [
      { units: 3000, activation: 'rectified-tanh' },
      { units: 3, activation: 'none' },
    ] as const;
    const schedule = { ...barsConfig.recipe.schedule, phases: [{ kWeight: 3, kActivation: 3, epochs: 1 }] };
    const recipe = { ...barsConfig.recipe, schedule, network: { mode: 'both', layers } } as const;
    await expect(withConfig({ ...barsConfig, recipe, targets: { boards: ['uno'] } })).rejects.toThrow(
      /bytes in a slot of uno: .*too many/,
    );
  });

  it('trains again on other data', async () => {
    await writeConfig(folder, barsConfig);
    await build();
    await writeBars(file('bars'), 156);
    expect(await build()).toMatchObject({ trained: true, compiled: true });
  });

  it('says of a network without exact integers why it has no bitstream', async () => {
    const [hidden, last] = barsConfig.recipe.network.layers;
    // Numbers that depend on each example cannot be integers behind another layer.
    const network = { mode: 'both', layers: [hidden, { kind: 'standardize' }, last] } as const;
    const real = withConfig({ ...barsConfig, recipe: { ...barsConfig.recipe, network } });
    await expect(real).rejects.toMatchObject({ code: 'project.not-frozen' });
    const page = await readFile(file('.adiabit/report.html'), 'utf8');
    expect(page).toContain('The network with signs and steps is wrong on');
    expect(page).toContain('Confusion matrix of 3 classes');
  });

  it('takes a config in TypeScript, from whatever folder it is run in', async () => {
    const text = `import { defineConfig } from '@adiabit/sdk/config';
const epochs: number = 1;
const phases = [3, 10, 100, 999].map((k) => ({ kWeight: k, kActivation: k, epochs }));
export default defineConfig({ ...${JSON.stringify(barsConfig)}, recipe: { ...${JSON.stringify(barsConfig.recipe)}, schedule: {
  phases, learningRate: { initial: 0.02, k0: 3, power: 0.2, follows: 'kWeight' } } } });
`;
    await writeConfig(folder, barsConfig);
    await build();
    await writeFile(file('adiabit.config.ts'), text);
    expect(await buildProject({ config: file('adiabit.config.ts') })).toMatchObject({
      trained: false,
      compiled: false,
    });
  });
});
