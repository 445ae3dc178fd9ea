import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { missingTools, titled } from '../support/tools.js';

const firmware = fileURLToPath(new URL('../../firmware-templates', import.meta.url));
const missing = missingTools('clang-format');

/** Lists the C that is written by hand: generated files say so in their first line. */
const handwritten = (): string[] =>
  ['core', 'ports', 'fuzz', 'examples']
    .flatMap((folder) =>
      readdirSync(join(firmware, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
    )
    .filter((file) => /\.[ch]$/.test(file))
    .filter((file) => !/Generated|Do not edit/.test(readFileSync(join(firmware, file), 'utf8').split('\n', 1)[0]));

it('finds the sources of the core and of the ports', () => {
  expect(handwritten()).toEqual(
    expect.arrayContaining([join('core', 'adiabit_runner.c'), join('ports', 'common', 'main.c')]),
  );
});

it.skipIf(missing.length > 0)(titled('the C of the firmware is formatted as .clang-format says', missing), () => {
  const { status, stderr } = spawnSync('clang-format', ['--dry-run', '-Werror', ...handwritten()], {
    cwd: firmware,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
});

it.skipIf(missing.length > 0)(titled('a long line is not the format of the firmware', missing), () => {
  const long = `int sum(int first, int second) { return ${'first + second + '.repeat(10)}first; }\n`;
  const assumed = ['--assume-filename', join(firmware, 'core', 'sum.c')];
  expect(execFileSync('clang-format', assumed, { input: long, encoding: 'utf8' })).not.toBe(long);
});
