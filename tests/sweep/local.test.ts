/** Sweeps on one machine: stopped, killed and resumed, with the same trials and bytes. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SweepConfig } from '@adiabit/sdk/config';
import { adiabit } from '../support/cli.js';
import { writeProject } from '../support/project.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adiabit-sweep-'));
  await writeProject(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const units = { 'network.layers.0.units': { values: [4, 8] } };
const writeSweep = (config: Partial<SweepConfig>): Promise<void> =>
  writeFile(join(folder, 'sweep.config.json'), JSON.stringify({ name: 'bars', space: units, ...config }));

/** Reads the outcome and the model of every trial. */
async function bytesIn(out: string): Promise<Readonly<Record<string, string>>> {
  const names = await readdir(join(folder, out, 'trials'));
  const files = names.flatMap((name) => ['result.json', 'network.model.json'].map((file) => `${name}/${file}`));
  const read = async (file: string) =>
    [file, await readFile(join(folder, out, 'trials', file), 'utf8').catch(() => 'none')] as const;
  return Object.fromEntries(await Promise.all(files.sort().map(read)));
}

interface Results {
  readonly trials: readonly {
    readonly kind: string;
    readonly isOnFront: boolean;
    readonly history: readonly number[];
  }[];
}
const resultsIn = async (out: string): Promise<Results> =>
  JSON.parse(await readFile(join(folder, out, 'results.json'), 'utf8')) as Results;

const TRIAL = /trial [0-9a-f]{8}: [\d.]+ %/;

describe('adiabit sweep', () => {
  it('trains every point in every mode, and ends in a table, a drawing and JSON', async () => {
    await writeSweep({ modes: ['activations', 'both'] });
    const { code, stdout, stderr } = await adiabit(
      ['sweep', '--out', 'whole', '--workers', '2', '--json', 'all.json'],
      { cwd: folder },
    );
    expect(stderr).not.toContain('error');
    expect(code).toBe(0);
    expect(stdout).toMatch(/on the Pareto front:/);
    const { trials } = await resultsIn('whole');
    expect(trials).toHaveLength(4);
    expect(trials.some(({ isOnFront }) => isOnFront)).toBe(true);
    expect(await readFile(join(folder, 'all.json'), 'utf8')).toBe(
      await readFile(join(folder, 'whole/results.json'), 'utf8'),
    );
    expect(await readFile(join(folder, 'whole/results.md'), 'utf8')).toMatch(/## The Pareto front\n\n\| trial \|/);
    const drawing = await readFile(join(folder, 'whole/pareto.svg'), 'utf8');
    expect(drawing).toContain('Scatter chart of validation accuracy against LUT4');
  });

  it('goes on where Ctrl-C stopped it, with no trial lost and none done twice', async () => {
    await writeSweep({ modes: ['activations', 'both'] });
    const args = ['sweep', '--out', 'stopped', '--workers', '1'];
    const stopped = await adiabit(args, { cwd: folder, interruptWhen: TRIAL });
    expect(stopped.code).toBe(130);
    const before = await bytesIn('stopped');
    const resumed = await adiabit(args, { cwd: folder });
    expect(resumed.code).toBe(0);
    const again = resumed.stdout.split('\n').filter((line) => TRIAL.test(line) && !line.includes('flash'));
    const doneBefore = Object.entries(before).filter(([file, text]) => /result/.test(file) && text !== 'none');
    expect(doneBefore.length).toBeGreaterThan(0);
    expect(again).toHaveLength(4 - doneBefore.length);
    expect(await bytesIn('stopped')).toEqual(await bytesIn('whole'));
  });

  it('does nothing again when all is done', async () => {
    const { code, stdout } = await adiabit(['sweep', '--out', 'whole'], { cwd: folder });
    expect(code).toBe(0);
    expect(stdout.split('\n')[0]).toMatch(/4.trials, \d on the Pareto front/);
  });

  it('learns from earlier trials in the same way with one worker and with three', async () => {
    const space = {
      'schedule.learningRate.initial': { values: [1e-9, 0.01, 0.02, 0.03] },
      batchSize: { from: 10, to: 49, step: 1 },
    };
    const search = { kind: 'random', points: 20, seed: 2 } as const;
    await writeSweep({ space, search, earlyStopping: { afterEpochs: 2, minTrials: 3 } });
    const alone = await adiabit(['sweep', '--out', 'alone', '--workers', '1'], { cwd: folder });
    const three = await adiabit(['sweep', '--out', 'three', '--workers', '3'], { cwd: folder });
    expect([alone.code, three.code]).toEqual([0, 0]);
    expect(await bytesIn('three')).toEqual(await bytesIn('alone'));
    const { trials } = await resultsIn('alone');
    const stopped = trials.filter(({ kind }) => kind === 'stopped');
    expect(stopped.length).toBeGreaterThan(0);
    expect(Math.max(...stopped.map(({ history }) => history.length))).toBeLessThan(4);
  });

  it('says which place of the recipe a sweep cannot change, before anything is trained', async () => {
    await writeSweep({ space: { 'network.layers.7.units': { values: [4] } } });
    const { code, stderr } = await adiabit(['sweep', '--out', 'none'], { cwd: folder });
    expect(code).toBe(1);
    expect(stderr).toMatch(/network\.layers has no "7" to go into.*project\.bad-config/s);
  });
});

describe('adiabit sweep --slurm', () => {
  const array = ['sweep', '--out', 'array', '--slurm', 'slurm'];

  it('writes a job array whose tasks train what a sweep on one machine trains', async () => {
    await writeSweep({ modes: ['activations', 'both'] });
    expect((await adiabit(array, { cwd: folder })).code).toBe(0);
    const script = join(folder, 'slurm/array.sbatch');
    expect(await readFile(script, 'utf8')).toContain('#SBATCH --array=1-4\n');
    const bin = join(import.meta.dirname, '../../node_modules/.bin');
    for (const task of ['1', '4']) {
      const env = { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}`, SLURM_ARRAY_TASK_ID: task };
      execFileSync('sh', [script], { env, cwd: tmpdir() });
    }
    const done = await bytesIn('array');
    expect(Object.keys(done)).toHaveLength(4);
    expect(await bytesIn('whole')).toMatchObject(done);
  });

  it('collects what the tasks have done', async () => {
    const { code, stdout } = await adiabit(['sweep', '--out', 'array', '--workers', '2'], { cwd: folder });
    expect(code).toBe(0);
    expect(stdout.split('\n').filter((line) => TRIAL.test(line) && !line.includes('flash'))).toHaveLength(2);
    expect(await bytesIn('array')).toEqual(await bytesIn('whole'));
  });

  it('refuses a trial that the sweep does not have, and a sweep that learns', async () => {
    const lost = await adiabit(['sweep', '--trial', 'ab'.repeat(32)], { cwd: folder });
    expect(lost.stderr).toContain('sweep.no-trial');
    await writeSweep({ space: { batchSize: { values: [10] } }, earlyStopping: {} });
    expect((await adiabit(array, { cwd: folder })).stderr).toContain('sweep.not-listable');
  });
});
