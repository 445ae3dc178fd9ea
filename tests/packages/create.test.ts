import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { adiabit } from '../support/cli.js';
import { pack, run } from '../support/packages.js';

const NAME = 'my-pump';

let folder: string;

/** Our tarballs, create-adiabit among them, installed by the real npm: it runs what is installed and asks no registry. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adiabit-create-'));
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true }));
  const packed = await pack(['simulator', 'firmware-templates', 'sdk', 'sdk/create'], ['--pack-destination', folder]);
  const tarballs = packed.map(({ filename }) => join(folder, filename));
  await npm('install', '--no-audit', '--no-fund', '--prefer-offline', ...tarballs);
}, 300_000);
afterAll(() => rm(folder, { recursive: true }));

const npm = (...args: string[]) => run('npm', args, { cwd: folder });

async function filesIn(project: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(project, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return Object.fromEntries(
    await Promise.all(paths.map(async (path) => [path.slice(project.length), await readFile(path, 'utf8')] as const)),
  );
}

it('npm create adiabit makes what adiabit init makes, and says what comes next', async () => {
  const { stdout } = await npm('create', 'adiabit', NAME, '--', '--board', 'uno');
  expect(stdout).toContain(`next: cd ${NAME} && npm install && npm run build && npm test`);
  const created = await filesIn(join(folder, NAME));
  await rm(join(folder, NAME), { recursive: true });
  expect((await adiabit(['init', NAME, '--board', 'uno'], { cwd: folder })).code).toBe(0);
  expect(created).toEqual(await filesIn(join(folder, NAME)));
  expect(Object.keys(created)).toContain('/adiabit.config.ts');
});

it('npm create adiabit without a folder says what is missing', async () => {
  await expect(npm('create', 'adiabit')).rejects.toMatchObject({
    stderr: expect.stringContaining("'folder'") as string,
  });
});
