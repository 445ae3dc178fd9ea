import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { jsonOf, runTool } from '../../sdk/bench/child.js';
import type { FirstResult } from '../../sdk/bench/sim-first.js';
import { adiabit, runTypeScript, type CliResult } from '../support/cli.js';

const path = (file: string): string => fileURLToPath(new URL(`../../${file}`, import.meta.url));
const { scripts } = JSON.parse(readFileSync(path('package.json'), 'utf8')) as { scripts: Record<string, string> };
const benchmarks = Object.entries(scripts).filter(([name]) => /^(bench|campaign):/.test(name));

/** What `npm run NAME -- ARGS` runs, once everything is built. */
function run(command: string, args: readonly string[]): Promise<CliResult> {
  const script = /tsx (\S+\.ts)$/.exec(command)?.[1];
  return script === undefined ? adiabit(['demo', ...args]) : runTypeScript([path(script), ...args]);
}

describe('benchmarks and campaigns', () => {
  it.each(benchmarks)('%s starts, and says in --help that it takes --json', async (_, command) => {
    const { code, stdout } = await run(command, ['--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('--json');
  });

  it.each(['bench:firmware', 'bench:link', 'bench:sizes'])('%s refuses a board that it does not know', async (name) => {
    const { code, stderr } = await run(scripts[name], ['--board', 'nowhere']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/no board 'nowhere'.*rp2040/);
  });
});

describe('the first run in an empty folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'adiabit-benchmarks-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('keeps a child from printing anything but JSON while it trains its model', async () => {
    const script = [path('sdk/bench/sim-first.ts'), '784-2-10', 'specialised'];
    const { stdout, stderr } = await runTypeScript(script, { env: { BENCH_FOLDER: folder } });
    expect(stderr).toContain('training 784-2-10 once');
    expect((JSON.parse(stdout) as FirstResult).vectorsPerSecond).toBeGreaterThan(0);
  });
});

describe('children', () => {
  it('are named, with their status, when they fail', () => {
    expect(() => jsonOf('no-such-script.ts', 'here')).toThrow('no-such-script.ts here ended with status 1');
  });

  it('that are tools give their own message when they fail', () => {
    const failing = ['-e', 'console.log("said"); console.error("why"); process.exit(3)'];
    expect(() => runTool(process.execPath, failing, tmpdir())).toThrow('said\nwhy');
  });
});
