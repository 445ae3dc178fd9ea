import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

const example = fileURLToPath(new URL('../examples/circuit-regression', import.meta.url));
const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
const files = ['circuit.test.ts', 'vitest.config.ts', 'digits.abit', 'digits.golden.json', 'package.json'];

/** A copy that a test may harm, beside the example so that it finds the same packages. */
const copy = fileURLToPath(new URL('../examples/out', import.meta.url));
beforeAll(async () => {
  await mkdir(copy, { recursive: true });
  await Promise.all(files.map((file) => copyFile(join(example, file), join(copy, file))));
});
afterAll(() => rm(copy, { recursive: true }));

const run = (folder: string): Promise<{ readonly code: number; readonly text: string }> =>
  promisify(execFile)(process.execPath, [vitest, 'run', '--root', folder], {
    cwd: folder,
    env: { ...process.env, CI: 'true', NO_COLOR: '1', VITEST: undefined, NODE_ENV: undefined },
  }).then(
    ({ stdout }) => ({ code: 0, text: stdout }),
    (error: unknown) => {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, text: stdout + stderr };
    },
  );

it('the example project of regression tests passes its own tests', async () => {
  const { code, text } = await run(example);
  expect(text).toMatch(/Tests {2}4 passed/);
  expect(code).toBe(0);
});

it('they fail, and say where, when an output of the golden file is not what the circuit gives', async () => {
  const golden = join(copy, 'digits.golden.json');
  const text = await readFile(golden, 'utf8');
  await writeFile(
    golden,
    text.replace(/"outputs":\[(-?\d+)/, (_, first: string) => `"outputs":[${Number(first) + 1}`),
  );
  const result = await run(copy);
  expect(result.code).not.toBe(0);
  expect(result.text).toContain('1 of 16 vectors differ. The first is vector 0, in output 0');
});
