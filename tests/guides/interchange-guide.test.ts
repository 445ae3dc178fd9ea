import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { adiabit, runTypeScript } from '../support/cli.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const guide = await readFile(join(root, 'docs/guides/interchange.md'), 'utf8');

/** The blocks of the guide in their order; Python runs elsewhere. */
const blocks = [...guide.matchAll(/^```(sh|ts)\n([^]*?)^```$/gm)].map(([, language, text]) => ({ language, text }));

let folder: string;
beforeAll(async () => {
  // Scripts find the packages from inside the repository.
  await mkdir(join(root, 'out'), { recursive: true });
  folder = await mkdtemp(join(root, 'out/interchange-guide-'));
  await copyFile(join(root, 'tests/vectors/onnx/tfc-1w1a.onnx'), join(folder, 'tfc-1w1a.onnx'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function run({ language, text }: (typeof blocks)[number]): Promise<string> {
  if (language === 'ts') {
    await writeFile(join(folder, 'block.ts'), text);
    const { code, stdout, stderr } = await runTypeScript(['block.ts'], { cwd: folder });
    expect(code, stderr).toBe(0);
    return stdout;
  }
  let said = '';
  for (const line of text.trim().split('\n')) {
    const [npx, tool, ...args] = line.split(' ');
    expect([npx, tool]).toEqual(['npx', 'adiabit']);
    const { code, stdout, stderr } = await adiabit(args, { cwd: folder });
    expect(code, stderr).toBe(0);
    said += stdout;
  }
  return said;
}

test('the blocks of the interchange guide run, one after the other, and say what it says', async () => {
  expect(blocks.map(({ language }) => language)).toEqual(['sh', 'ts', 'sh', 'ts']);
  const said: string[] = [];
  for (const block of blocks) said.push(await run(block));
  const [imported, script, exported, runtime] = said;
  expect(imported).toContain('the class is that of the graph in exact arithmetic, for every input');
  expect(imported).toContain('equal to the integer oracle in every output: 20 of 20');
  expect(script).toMatch(/^5 true 0\.0001\d+ \[\]/);
  expect(exported).toContain('wrote tfc.onnx');
  expect(runtime).toMatch(/Int32Array\(10\)/);
});
