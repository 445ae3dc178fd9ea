import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sensorSourceSchema } from '../../sdk/src/project/sensor-data.js';
import { adiabit, runTypeScript } from '../support/cli.js';
import { PseudoTerminal } from '../support/pseudo-terminal.js';
import { HOST_TOOLS, missingTools, titled } from '../support/tools.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const guide = await readFile(join(root, 'docs/guides/sensors.md'), 'utf8');
const blocks = (language: string): readonly string[] =>
  [...guide.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'))].map(([, block]) => block);

/** The lines of the guide that one types. */
const commands = blocks('sh').flatMap((block) => block.trim().split('\n'));
const missing = missingTools(...HOST_TOOLS, 'socat');

describe.skipIf(missing.length > 0)(titled('the guide to sensors', missing), () => {
  let folder: string;
  let terminal: PseudoTerminal;
  const outputs: string[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'adiabit-guide-'));
    terminal = new PseudoTerminal(join(folder, 'port'));
    await terminal.plugInDevice(join(folder, 'flash'), 40);
  });
  afterAll(async () => {
    await terminal.unplug();
    await rm(folder, { recursive: true, force: true });
  });

  const run = (command: string) => {
    const [npx, tool, ...words] = command.split(' ').map((word) => (word === '/dev/ttyACM0' ? terminal.path : word));
    expect(npx).toBe('npx');
    const args = words.map((word) => (word.startsWith('examples/') ? join(root, word) : word));
    return tool === 'adiabit' ? adiabit(args, { cwd: folder }) : runTypeScript(args, { cwd: folder });
  };

  it.each(commands)('has a command that runs, after those before it: %s', async (command) => {
    const { code, stdout, stderr } = await run(command);
    expect(code, stderr).toBe(0);
    outputs.push(stdout);
  });

  it('trains a network that tells the states of the machine apart, the same on the circuit and on an emulated board', () => {
    const [, trained, , simulated, ran, simulatedRaw, ranRaw] = outputs;
    expect(Number(/frozen to integers: ([\d.]+) %/.exec(trained)?.[1])).toBeGreaterThan(80);
    expect(simulated).toContain('integer oracle of the bitstream: 16 of 16 equal in every output');
    expect(ran).toContain('equal to the simulated circuit in every output: 4 of 4');
    expect(ran).toContain('equal to the integer oracle in every output: 4 of 4');
    // Two seconds are seven windows that do not overlap.
    expect(simulatedRaw).toMatch(/^classes: .*\bbearing [1-7]\b/m);
    expect(simulatedRaw).toContain('integer oracle of the bitstream: 7 of 7 equal in every output');
    expect(ranRaw).toMatch(/^rp2040: bearing \d/m);
    expect(ranRaw).toContain('equal to the integer oracle in every output: 2 of 2');
  });

  it('has descriptions of data that are valid, the first one that of the example', async () => {
    const sources = blocks('json').map((text) => sensorSourceSchema.parse(JSON.parse(text)));
    expect(sources.map(({ format }) => format)).toEqual(['csv', 'csv', 'npy']);
    const example = await readFile(join(root, 'examples/vibration/data.json'), 'utf8');
    expect(sources[0]).toEqual(JSON.parse(example));
  });

  it('has C that compiles against what was exported, without a warning', async () => {
    const source = join(folder, 'out/vibration/main.c');
    await writeFile(source, blocks('c').join('\n'));
    const options = ['-std=c99', '-Wall', '-Wextra', '-Werror', '-Wconversion', '-o', join(folder, 'main')];
    const { stderr } = spawnSync('gcc', [...options, source, join(folder, 'out/vibration/vibration.c')]);
    expect(String(stderr)).toBe('');
    expect(spawnSync(join(folder, 'main')).status).toBeLessThan(4);
  });

  it('has a script that runs', async () => {
    const script = join(root, 'tests/guides/sensors-guide-script.ts');
    await writeFile(script, blocks('ts').join('\n'));
    const { code, stdout, stderr } = await runTypeScript([script], { cwd: folder }).finally(() => rm(script));
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^\d+ 12 \{ offset: -1000, multiplier: \d+, shift: \d+ \}/);
  });
});
