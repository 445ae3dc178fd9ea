import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runTypeScript } from '../support/cli.js';

const example = (name: string): string => fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adiabit-guide-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

// That every command of the guide runs is held by code-blocks.test.ts.
test('the build script of the training guide learns to tell shapes apart', async () => {
  const run = (script: string, ...args: string[]) => runTypeScript([example(script), ...args], { cwd: folder });
  expect(await run('draw-shapes.ts', 'shapes')).toMatchObject({ code: 0 });
  const { code, stdout, stderr } = await run('train-shapes.ts', 'shapes', 'shapes.model.json');
  expect(code, stderr).toBe(0);
  expect(Number(/([\d.]+) % of the test/.exec(stdout)?.[1])).toBeGreaterThan(80);
});
