/** Commands in the folder of a project: what they take from its config, and how they say what is wrong with it. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adiabit, type CliOptions, type CliResult } from '../support/cli.js';
import { barsConfig, writeConfig, writeProject } from '../support/project.js';

let folder: string;
const inProject = (args: readonly string[], options: CliOptions = {}): Promise<CliResult> =>
  adiabit(args, { cwd: folder, ...options });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adiabit-cli-project-'));
  await writeProject(folder, { ...barsConfig, targets: { boards: ['rp2040'] } });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('in the folder of a project', () => {
  it('train needs no flags, goes on after Ctrl-C, and trains nothing twice', async () => {
    const stopped = await inProject(['train'], { interruptWhen: / 1\/4 k/ });
    expect([0, 130]).toContain(stopped.code);
    const { code, stdout, stderr } = await inProject(['train']);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('next: adiabit build');
    const again = await inProject(['train', '--json']);
    expect(again.stderr).toContain('finished before');
    expect(JSON.parse(again.stdout)).toMatchObject({ epochs: 4, seed: 1, backend: 'wasm' });
  });

  it('train tries quick changes beside it', async () => {
    const { stdout } = await inProject([
      'train',
      '--epochs',
      '2',
      '--set',
      'network.layers.0.units=5',
      '--seed',
      '3',
      '--json',
    ]);
    const { epochs, seed, folder: into } = JSON.parse(stdout) as { epochs: number; seed: number; folder: string };
    expect([epochs, seed]).toEqual([2, 3]);
    const record = JSON.parse(await readFile(join(into, 'training.json'), 'utf8')) as {
      identity: { recipe: { network: { layers: { units?: number }[] } } };
    };
    expect(record.identity.recipe.network.layers.map(({ units }) => units)).toEqual([undefined, 5, 3]);
  });

  it('build takes up the training, and commands for circuits take what it built', async () => {
    const { code, stdout, stderr } = await inProject(['build']);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/finished before[^]*training: unchanged; compilation: done[^]*rp2040: [\d,]+ cycles/);
    const simulated = await inProject(['simulate', '--json']);
    expect(JSON.parse(simulated.stdout)).toMatchObject({ inferences: 60 });
    const before = await readFile(join(folder, 'network/bars.abit'));
    expect((await inProject(['compile'])).code).toBe(0);
    expect(await readFile(join(folder, 'network/bars.abit'))).toEqual(before);
    for (const args of [
      ['run', '--board', 'rp2040', '--count', '5'],
      ['parity', '--board', 'rp2040', '--limit', '5'],
      ['explain'],
      ['coverage'],
      ['faults', '--trials', '1', '--flips', '1'],
      ['export', '--output', 'bars.v'],
      ['diff', 'network/bars.abit', '--vectors', '20'],
      ['verify'],
    ])
      expect(await inProject(args)).toMatchObject({ code: 0, stderr: '' });
    expect((await inProject(['build', '--check'])).code).toBe(0);
  });

  it('sign signs what was built, beside it, and verify finds who did', async () => {
    const built = join(folder, 'network/bars.abit');
    const before = await readFile(built);
    expect((await inProject(['key', 'new', 'ours'])).code).toBe(0);
    expect(await inProject(['sign', '--key', 'ours.key', '--product', 'acme', '--counter', '0'])).toMatchObject({
      code: 0,
      stderr: '',
    });
    const verify = ['verify', 'network/bars.signed.abit', '--key', 'ours.pub'];
    expect((await inProject(verify)).stdout).toContain('is whole and signed by key');
    expect(await readFile(built)).toEqual(before);
    expect((await inProject(['verify'])).stdout).toContain('bars.abit is whole');
  });

  it('reproduce trains the network of the project in every mode', async () => {
    const { code, stdout, stderr } = await inProject(['reproduce', '--modes', 'real,both', '--out', 'modes', '--json']);
    expect(code, stderr).toBe(0);
    const rows = (JSON.parse(stdout) as { bars: { recipe: string; gapToReal: number | null }[] }).bars;
    expect(rows.map(({ recipe }) => recipe)).toEqual(['bars-real', 'bars-both']);
    const table = await readFile(join(folder, 'modes/bars-modes.md'), 'utf8');
    expect(table).toContain('adiabit reproduce --modes real,both --seeds 1');
    const both = await inProject(['reproduce', 'mnist', '--config', 'adiabit.config.json']);
    expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining('leave the families out') as string });
  });

  it('demo goes the whole path with the network of the project', async () => {
    const { code, stdout, stderr } = await inProject(['demo', '--digits', '5', '--json']);
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ recipe: 'bars', bitstreamFile: 'bars.abit', device: { inferences: 5 } });
  });

  it('summary says what the network will take, in lines of fewer than 80 columns, and as data', async () => {
    const { stdout } = await inProject(['summary']);
    expect(stdout).toMatch(/dense +8 +512[^]*layer0 +[\d,]+[^]*rp2040 +[\d,]+ +[\d,]+ +fits/);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThan(80);
    const json = await inProject(['summary', '--json', '--set', 'network.layers.0.units=4', '--board', 'uno']);
    const { layers, frozen } = JSON.parse(json.stdout) as {
      layers: { outputShape: string }[];
      frozen: { boards: { id: string }[] };
    };
    expect(layers.map(({ outputShape }) => outputShape)).toEqual(['64', '4', '3']);
    expect(frozen.boards).toEqual([
      expect.objectContaining({ id: 'uno', lacks: [], cycles: expect.any(Number) as number }),
    ]);
  });

  it('a missed budget and a changed config exit with 1, and say what and by how much', async () => {
    await writeConfig(folder, {
      ...barsConfig,
      targets: { boards: ['rp2040'] },
      budgets: { maxCycles: 100, maxBitstreamBytes: 50 },
    });
    const built = await inProject(['build', '--json']);
    expect(built.code).toBe(1);
    expect(JSON.parse(built.stdout)).toMatchObject({
      error: {
        code: 'project.budget-missed',
        details: { budgets: ['maxBitstreamBytes', 'maxCycles.rp2040'], allowed: [50, 100] },
      },
    });
    await writeConfig(folder, { ...barsConfig, seed: 9 });
    const checked = await inProject(['build', '--check']);
    expect(checked.code).toBe(1);
    expect(checked.stderr).toMatch(
      /seed is 9 in .*adiabit\.config\.json, and was 1; targets.*\[project\.out-of-date\]/,
    );
  });

  it.each<[string, readonly string[], number, RegExp]>([
    [
      'a setting that is none',
      ['train', '--set', 'network.layer.0=1'],
      1,
      /has no "layer" to go into.*See --set\. \[project\.bad-config\]/,
    ],
    [
      'a config and a recipe',
      ['train', '--config', 'adiabit.config.json', '--recipe', 'mnist-demo'],
      2,
      /--config says what --recipe would/,
    ],
    [
      'a config that is not there',
      ['build', '--config', 'other.ts'],
      1,
      /other\.ts cannot be loaded: .*\[project\.bad-config\]/,
    ],
    ['a recipe that is not there', ['recipe', 'mnist'], 1, /There is no recipe "mnist"/],
  ])('%s is refused', async (_, args, code, message) => {
    const failed = await inProject(args);
    expect(failed.code).toBe(code);
    expect(failed.stderr).toMatch(message);
  });

  it('what is wrong with a config is told with its path, and two configs are told of', async () => {
    await writeFile(join(folder, 'adiabit.config.json'), JSON.stringify({ ...barsConfig, name: '1', seed: 'x' }));
    expect((await inProject(['build'])).stderr).toMatch(
      /adiabit\.config\.json: name: give a letter.*; seed: .*number.*\[project\.bad-config\]/,
    );
    await writeFile(join(folder, 'adiabit.config.mjs'), 'export const config = 1;');
    expect((await inProject(['build'])).stderr).toContain(
      'adiabit.config.json and adiabit.config.mjs: keep one of them',
    );
    expect((await inProject(['build', '--config', 'adiabit.config.mjs'])).stderr).toContain('exports no config');
    await writeFile(join(folder, 'adiabit.config.mjs'), 'export default {');
    expect((await inProject(['build', '--config', 'adiabit.config.mjs'])).stderr).toMatch(
      /mjs cannot be loaded: .*\[project\.bad-config\]/,
    );
  });
});

describe('where there is no project', () => {
  it('build says how to make one, and a circuit must be named', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'adiabit-no-project-'));
    try {
      const built = await adiabit(['build'], { cwd: elsewhere });
      expect(built).toMatchObject({ code: 1, stderr: expect.stringContaining('[project.no-config]') as string });
      const simulated = await adiabit(['simulate'], { cwd: elsewhere });
      expect(simulated).toMatchObject({
        code: 2,
        stderr: expect.stringContaining("missing required argument 'bitstream'") as string,
      });
      const printed = await adiabit(['recipe', 'dog-cat-both'], { cwd: elsewhere });
      await writeFile(join(elsewhere, 'adiabit.config.ts'), printed.stdout);
      // The data of this recipe are not here yet.
      const summary = await adiabit(['summary', '--board', 'microbit'], { cwd: elsewhere });
      expect(summary.stdout).toMatch(/convolution +64x64x16[^]*microbit .*not enough RAM/);
      const trained = await adiabit(['train'], { cwd: elsewhere });
      expect(trained).toMatchObject({ code: 1, stderr: expect.stringContaining('[data.not-found]') as string });
    } finally {
      await rm(elsewhere, { recursive: true });
    }
  });
});
