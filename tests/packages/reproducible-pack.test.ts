import { copyFile, mkdir, mkdtemp, readdir, rm, symlink, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { manifestOf, pack, PUBLISHED, root, run } from '../support/packages.js';

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

/** Links the packages of others from here, and ours from the copy. */
async function linkModules(modules: string, folder: string): Promise<void> {
  await mkdir(join(modules, '@adiabit'), { recursive: true });
  for (const entry of await readdir(join(root, 'node_modules')))
    if (!/adiabit$/.test(entry)) await symlink(join(root, 'node_modules', entry), join(modules, entry));
  for (const name of PUBLISHED) await symlink(join(folder, name), join(modules, (await manifestOf(name)).name));
}

/** Copies what git would, with times of its own, and builds it. @returns the digest of each tarball */
async function packedFromCopy(time: Date): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'adiabit-pack-'));
  folders.push(folder);
  const listed = await run('git', ['ls-files', '-coz', '--exclude-standard'], { cwd: root, maxBuffer: 1 << 24 });
  const isNeeded = (file: string): boolean => /^((simulator|sdk|desktop-app|firmware-templates)\/|[^/]+$)/.test(file);
  for (const file of listed.stdout.split('\0').filter(isNeeded)) {
    const to = join(folder, file);
    await mkdir(dirname(to), { recursive: true });
    await copyFile(join(root, file), to);
    await utimes(to, time, time);
  }
  await linkModules(join(folder, 'node_modules'), folder);
  const tool = (path: string): string => join(root, 'node_modules', path);
  await run(process.execPath, [tool('typescript/bin/tsc'), '-b', 'simulator', 'sdk', 'desktop-app'], { cwd: folder });
  for (const config of ['vite.config.ts', 'vite.preload.config.ts'])
    await run(process.execPath, [tool('vite/bin/vite.js'), 'build', '--config', config], {
      cwd: join(folder, 'desktop-app'),
      env: { ...process.env, NODE_ENV: 'production' },
    });
  return (await pack(PUBLISHED, ['--pack-destination', folder], folder)).map(
    ({ name, integrity }) => `${name} ${integrity}`,
  );
}

it('packing two copies of the repository at different times, in different folders, gives the same bytes', async () => {
  const [first, second] = await Promise.all(
    ['2026-01-02T03:04:05Z', '2020-02-29T12:00:00Z'].map((time) => packedFromCopy(new Date(time))),
  );
  expect(first).toHaveLength(PUBLISHED.length);
  expect(second).toEqual(first);
}, 1_800_000);
