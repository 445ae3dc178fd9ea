import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findConfig, loadProject } from './load-config.js';

let folder: string;
const file = (name: string): string => join(folder, name);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adiabit-load-config-'));
});
afterEach(() => rm(folder, { recursive: true }));

const TEXT = `{ name: 'digits', data: { format: 'mnist' }, recipe: 'mnist-demo' }`;

describe('loadProject', () => {
  it.each([
    [
      'ts',
      `import { defineConfig, type ProjectConfig } from '@adiabit/sdk/config';
const config: ProjectConfig = ${TEXT};
export default defineConfig(config);`,
    ],
    [
      'mts',
      `import type { ProjectConfig } from '@adiabit/sdk/config';\nexport default ${TEXT} satisfies ProjectConfig;`,
    ],
    ['js', `module.exports = ${TEXT};`],
    ['mjs', `export default ${TEXT};`],
    ['json', '{ "name": "digits", "data": { "format": "mnist" }, "recipe": "mnist-demo" }'],
  ])('reads a config in %s, where nothing is installed', async (extension, content) => {
    await writeFile(file(`adiabit.config.${extension}`), content);
    const found = await findConfig(folder);
    expect(found).toBe(file(`adiabit.config.${extension}`));
    const { config, folder: its } = await loadProject(found);
    expect(config).toMatchObject({ name: 'digits', recipe: 'mnist-demo', seed: 1 });
    expect(its).toBe(folder);
  });

  it('takes what a config imports, and reads it anew when it has changed', async () => {
    await writeFile(
      file('adiabit.config.ts'),
      `import { seed } from './seed.js';\nexport default { ...${TEXT}, seed };`,
    );
    await writeFile(file('seed.ts'), 'export const seed: number = 5;');
    expect((await loadProject(file('adiabit.config.ts'))).config.seed).toBe(5);
    await writeFile(file('seed.ts'), 'export const seed: number = 6;');
    expect((await loadProject(file('adiabit.config.ts'))).config.seed).toBe(6);
  });

  it('finds none where there is none', async () => {
    await mkdir(file('empty'));
    expect(await findConfig(file('empty'))).toBeUndefined();
  });

  it('looks for more boards beside the config', async () => {
    const targets = "{ boardsFolder: 'mine' }";
    await writeFile(file('adiabit.config.mjs'), `export default { ...${TEXT}, targets: ${targets} };`);
    await expect(loadProject(file('adiabit.config.mjs'))).rejects.toThrow(file('mine'));
  });
});
