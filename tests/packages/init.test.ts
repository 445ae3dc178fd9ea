import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adiabit } from '../support/cli.js';
import { pack, run } from '../support/packages.js';
import { missingTools, titled } from '../support/tools.js';

const NAME = 'my-pump';
const noCompiler = missingTools('cc');

let folder: string;
let project: string;

/** A new project, installed from our tarballs by the real npm, and built. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adiabit-init-'));
  project = join(folder, NAME);
  const { code, stderr } = await adiabit(['init', NAME, '--board', 'pico'], { cwd: folder });
  expect(stderr).toBe('');
  expect(code).toBe(0);
  const packed = await pack(['simulator', 'firmware-templates', 'sdk'], ['--pack-destination', folder]);
  const tarballs = packed.map(({ filename }) => join(folder, filename));
  await npm('install', '--save-dev', '--no-audit', '--no-fund', '--prefer-offline', ...tarballs);
  await npm('run', 'build');
}, 600_000);
afterAll(() => rm(folder, { recursive: true }));

const npm = (...args: string[]) => run('npm', args, { cwd: project, env: { ...process.env, CI: '' } });

describe('a project that adiabit init begins', () => {
  it('builds a network within its budgets, and passes its own tests', async () => {
    const lock = JSON.parse(await readFile(join(project, 'network/adiabit.lock.json'), 'utf8')) as {
      readonly training: { readonly accuracy: { readonly frozen: number } };
    };
    expect(lock.training.accuracy.frozen).toBeGreaterThan(0.9);
    expect((await npm('test')).stdout).toContain('1 passed');
  });

  it('fails its tests when the committed bitstream is not the one that was built', async () => {
    const path = join(project, 'network', `${NAME}.abit`);
    const bytes = await readFile(path);
    await writeFile(path, bytes.subarray(0, -1));
    await expect(npm('test')).rejects.toMatchObject({ code: 1 });
    await writeFile(path, bytes);
  });

  it('flashes an emulated board, which answers as the circuit', async () => {
    await npm('run', 'flash');
    expect((await npm('run', 'run')).stdout).toContain('equal to the simulated circuit in every output: 100 of 100');
  });

  it.skipIf(noCompiler.length > 0)(
    titled('has firmware that compiles without a warning, and takes raw samples', noCompiler),
    async () => {
      const flags = ['-std=c99', '-O2', '-Wall', '-Wextra', '-Werror', '-Wconversion'];
      await run('cc', [...flags, '-o', NAME, 'firmware/main.c', `network/${NAME}.c`], { cwd: project });
      const classesOf = async (recording: string): Promise<readonly string[]> => {
        const { stdout } = await run('sh', ['-c', `tail -n +2 data/${recording}.csv | ./${NAME}`], { cwd: project });
        return stdout.trim().split('\n');
      };
      expect(await classesOf('idle-1')).toEqual(Array(10).fill('0'));
      expect(await classesOf('running-1')).toEqual(Array(10).fill('2'));
    },
  );
});

describe('adiabit init', () => {
  it('writes into no folder that holds something, and takes no name that npm refuses', async () => {
    const refused = async (...args: readonly string[]): Promise<string> =>
      (await adiabit(['init', ...args], { cwd: folder })).stderr;
    expect(await refused(NAME)).toContain('not empty');
    expect(await refused('My Pump')).toContain('lower-case');
    expect(await refused('other', '--board', 'z80')).toContain('rp2040');
  });
});
