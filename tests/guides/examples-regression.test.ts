import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

const example = fileURLToPath(new URL('../../examples/circuit-regression', import.meta.url));
const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
const files = [
  ...['circuit.test.ts', 'digits.abit', 'digits.golden.json'],
  ...['shapes.test.ts', 'shapes.abit', 'shapes.golden.json', 'vitest.config.ts', 'package.json'],
];

/** A copy that a test may harm, beside the example so that it finds the same packages. */
const copy = fileURLToPath(new URL('../../examples/out', import.meta.url));
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
  expect(text).toMatch(/Tests {2}7 passed/);
  expect(code).toBe(0);
});

it('they fail, and say where, when an output of a golden file is not what the circuit gives', async () => {
  for (const name of ['digits', 'shapes']) {
    const golden = join(copy, `${name}.golden.json`);
    const text = await readFile(golden, 'utf8');
    await writeFile(
      golden,
      text.replace(/"outputs":\[(-?\d+)/, (_, first: string) => `"outputs":[${Number(first) + 1}`),
    );
  }
  const { code, text } = await run(copy);
  expect(code).not.toBe(0);
  expect(text).toMatch(/Tests {2}2 failed/);
  for (const name of ['digits', 'shapes']) expect(text).toMatch(new RegExp(`does not match .*${name}.golden.json`));
  expect(text.match(/1 of 16 vectors differ\. The first is vector 0, in output 0/g)?.length).toBeGreaterThanOrEqual(2);
});
