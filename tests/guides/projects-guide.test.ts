import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { adiabit, runTypeScript } from '../support/cli.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const guide = await readFile(join(root, 'docs/guides/projects.md'), 'utf8');

interface Block {
  readonly language: string;
  /** The file that it is, if it is one. */
  readonly file: string;
  readonly text: string;
}

const blocks = [...guide.matchAll(/^```(\w+) ?(\S*)\n([^]*?)^```$/gm)].map(([, language, file, text]): Block => ({
  language,
  file,
  text,
}));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adiabit-project-guide-'));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function run(command: string): Promise<string> {
  const [npx, tool, ...args] = command.split(' ');
  expect(npx).toBe('npx');
  const { code, stdout, stderr } =
    tool === 'adiabit'
      ? await adiabit(args, { cwd: folder })
      : await runTypeScript([join(root, args[0]), ...args.slice(1)], { cwd: folder });
  expect(code, stderr).toBe(0);
  return stdout;
}

const outputs = new Map<string, string>();

test.each(blocks)('the block $language $file of the guide to projects works, after those before it', async (block) => {
  const { language, file, text } = block;
  if (language === 'sh') {
    for (const command of text.trim().split('\n')) outputs.set(command, await run(command));
  } else if (file === 'build.ts') {
    await writeFile(join(folder, file), text);
    const { code, stdout, stderr } = await runTypeScript([file], { cwd: folder });
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^false 6 (1|0\.9\d*)\ntrue\n$/);
  } else if (language === 'ts') {
    await writeFile(join(folder, file), text);
  } else {
    const commands = [...text.matchAll(/- run: (npx .*)/g)].map(([, command]) => command);
    expect(commands).toEqual(['npx adiabit build --check']);
    for (const command of commands) await run(command);
  }
});

test('the commands of the guide say and leave what it says', async () => {
  expect(blocks.length).toBeGreaterThan(8);
  expect(outputs.get('npx adiabit build')).toContain('training: unchanged; compilation: unchanged');
  expect(outputs.get('npx adiabit build --check')).toContain('what is committed is what its sources make');
  expect(outputs.get('npx adiabit simulate')).toMatch(/accuracy: (100|9\d)\.\d\d %/);
  const summary = outputs.get('npx adiabit summary --board rp2040') ?? '';
  expect(summary).toContain('rp2040');
  expect(Math.max(...summary.split('\n').map((line) => line.length))).toBeLessThan(80);
  expect((await readdir(join(folder, 'network'))).sort()).toEqual(
    [...guide.matchAll(/^\| `network\/(\S+?)`((?:, `\.\w+`)?)/gm)]
      .flatMap(([, name, other]) => (other === '' ? [name] : [name, name.replace(/\.\w+$/, other.slice(3, -1))]))
      .sort(),
  );
});
