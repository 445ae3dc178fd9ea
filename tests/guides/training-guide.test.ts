import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { adiabit, runTypeScript, type CliResult } from '../support/cli.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const guide = await readFile(join(root, 'docs/guides/training.md'), 'utf8');

/** The lines of the guide that one types. */
const commands = [...guide.matchAll(/^```sh\n([^]*?)^```$/gm)].flatMap(([, block]) => block.trim().split('\n'));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adiabit-guide-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function run(command: string): Promise<CliResult> {
  const [npx, tool, ...args] = command.split(' ');
  expect(npx).toBe('npx');
  if (tool === 'adiabit') return adiabit(args, { cwd: folder });
  expect(tool).toBe('tsx');
  return runTypeScript([join(root, args[0]), ...args.slice(1)], { cwd: folder });
}

const outputs = new Map<string, string>();

test.each(commands)('the command of the training guide runs, after those before it: %s', async (command) => {
  const { code, stdout, stderr } = await run(command);
  expect(code, stderr).toBe(0);
  outputs.set(command, stdout);
});

test('the commands of the guide leave what it says', async () => {
  expect(commands.length).toBeGreaterThan(6);
  const outputOf = (part: string): string => [...outputs].find(([command]) => command.includes(part))?.[1] ?? '';
  expect(outputOf('train --recipe')).toContain('3 classes, so the last layer has 3 outputs');
  expect(Number(/([\d.]+) % of the test/.exec(outputOf('train-shapes'))?.[1])).toBeGreaterThan(80);
  expect(await readFile(join(folder, 'out/modes/mnist-modes.md'), 'utf8')).toMatch(/^\| both \| 1 \|/m);
});
