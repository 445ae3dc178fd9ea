import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { adiabit, runTypeScript } from '../support/cli.js';
import { missingArduino } from '../support/loaders/arduino.js';
import { missingTools, titled } from '../support/tools.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const guide = await readFile(join(root, 'docs/guides/own-firmware.md'), 'utf8');

/** The lines of the guide that one types. */
const commands = [...guide.matchAll(/^```sh\n([^]*?)^```$/gm)].flatMap(([, block]) => block.trim().split('\n'));

const missing = [...missingTools('make', 'cmake', 'avr-g++', 'arm-none-eabi-gcc'), ...missingArduino()];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adiabit-guide-'));
  for (const name of ['firmware-templates', 'examples']) await symlink(join(root, name), join(folder, name));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function run(command: string): Promise<void> {
  const [program, ...words] = command.split(' ');
  if (program !== 'npx') {
    await promisify(execFile)(program, words, { cwd: folder, env: { ...process.env, BUILD: join(folder, 'build') } });
    return;
  }
  const [tool, ...args] = words;
  const { code, stderr } =
    tool === 'adiabit' ? await adiabit(args, { cwd: folder }) : await runTypeScript(args, { cwd: folder });
  expect(code, stderr).toBe(0);
}

test.skipIf(missing.length > 0).each(commands)(
  titled('the command of the guide to own firmware runs, after those before it: %s', missing),
  { timeout: 180_000 },
  run,
);

test.skipIf(missing.length > 0)(titled('the commands of the guide leave what it says', missing), async () => {
  expect(commands.length).toBeGreaterThan(7);
  const built = await readdir(join(folder, 'build'));
  expect(built).toEqual(
    expect.arrayContaining([
      'Adiabit',
      'arduino-uno.hex',
      'arduino-mega.hex',
      'bitstream-in-flash.hex',
      'exported-c.hex',
    ]),
  );
  expect(await readdir(join(folder, 'build/pico'))).toContain('gestures.uf2');
  expect(await readdir(join(folder, 'out'))).toEqual(
    expect.arrayContaining(['gestures.c', 'gestures.h', 'gestures.abit', 'network.c', 'network.h', 'recordings.h']),
  );
});
