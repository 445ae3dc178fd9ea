import { spawn } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adiabit } from '../support/cli.js';
import { temporaryFolder } from '../support/host-device.js';
import { root } from '../support/packages.js';
import { missingTools, titled } from '../support/tools.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;

/** A folder with `adiabit` to put on the PATH, the scripts, and a file to complete. */
beforeAll(async () => {
  folder = await temporaryFolder();
  const main = join(root, 'sdk/dist/cli/main.js');
  await writeFile(join(folder.path, 'adiabit'), `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`);
  await chmod(join(folder.path, 'adiabit'), 0o755);
  await writeFile(join(folder.path, 'digits.abit'), '');
  for (const shell of ['bash', 'zsh', 'fish'])
    await writeFile(join(folder.path, `completion.${shell}`), (await adiabit(['completion', shell])).stdout);
});
afterAll(() => folder.dispose());

const environment = (): NodeJS.ProcessEnv => ({
  PATH: `${folder.path}:${process.env['PATH'] ?? ''}`,
  HOME: folder.path,
  TERM: 'dumb',
  PS1: '$ ',
});

const MOST_MS = 100_000;

/** What is typed, once the shell has shown what stands before it. */
type Step = readonly [awaited: RegExp, keys: string];

/** Types into an interactive shell on a terminal. @returns all that it shows */
function typed(command: string, steps: readonly Step[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const shell = spawn('script', ['-qec', command, '/dev/null'], { cwd: folder.path, env: environment() });
    let shown = '';
    let next = 0;
    const most = setTimeout(() => shell.kill(), MOST_MS);
    shell.stdout.on('data', (chunk: Buffer) => {
      shown += chunk.toString();
      while (next < steps.length && steps[next][0].test(shown)) shell.stdin.write(steps[next++][1]);
    });
    shell.on('error', reject);
    shell.on('close', () => {
      clearTimeout(most);
      resolve(shown);
    });
  });
}

/** Words that are completed; Ctrl-U takes a line back. */
const asking: readonly Step[] = [
  [/ready/, 'adiabit tra\t'],
  [/adiabit train /, '--back\t'],
  [/--backend /, 'was\t'],
  [/wasm /, '\x15adiabit compile dig\t'],
  [/digits\.abit/, '\x15exit\r'],
];

describe.each([
  ['bash', 'bash --norc --noprofile -i', ". ./completion.bash; echo rea''dy\r"],
  ['zsh', 'zsh -f -i', "autoload -U compinit; compinit -u; . ./completion.zsh; echo rea''dy\r"],
] as const)('completion in %s', (shell, command, setup) => {
  const missing = missingTools(shell, 'script');
  it.skipIf(missing.length > 0)(titled('fills in a command, an option, its value and a file', missing), async () => {
    const shown = await typed(command, [[/\$ /, setup], ...asking]);
    expect(shown).toMatch(/adiabit train [^\n]*--backend [^\n]*wasm /);
    expect(shown).toMatch(/compile [^\n]*digits\.abit/);
  });
});

const noFish = missingTools('fish');
describe.skipIf(noFish.length > 0)(titled('completion in fish', noFish), () => {
  const complete = (line: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const script = `source completion.fish; complete -C '${line}'`;
      const shell = spawn('fish', ['--no-config', '-c', script], { cwd: folder.path, env: environment() });
      let shown = '';
      shell.stdout.on('data', (chunk: Buffer) => (shown += chunk.toString()));
      shell.on('error', reject);
      shell.on('close', () => resolve(shown));
    });

  it('offers commands with what they do, values, and files', async () => {
    expect(await complete('adiabit tra')).toMatch(/^train\ttrain a network/m);
    expect(await complete('adiabit train --backend w')).toBe('wasm\nwebgpu\n');
    expect(await complete('adiabit compile dig')).toContain('digits.abit');
  });
});

it('runs nothing that stands on the line, and asks no shell to', async () => {
  const { stdout } = await adiabit(['complete', '--', 'compile', '$(touch harm)', '-']);
  expect(stdout).toContain('--form');
});
