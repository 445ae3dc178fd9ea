import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { HOST_TOOLS, missingTools, titled } from '../support/tools.js';

const FIRMWARE = fileURLToPath(new URL('../../firmware-templates/', import.meta.url));
const missing = missingTools(...HOST_TOOLS);
const run = promisify(execFile);
const HARNESSES = ['frames', 'device', 'bitstream', 'trust', 'smp'];
const packOf = (harness: string): string => `${FIRMWARE}fuzz/corpus/${harness}.pack`;

/** The inputs of a pack: for each its length, u32 little-endian, then its bytes. */
function inputsOf(harness: string): readonly Buffer[] {
  const bytes = readFileSync(packOf(harness));
  const inputs: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 4 + inputs[inputs.length - 1].length) {
    inputs.push(bytes.subarray(at + 4, at + 4 + bytes.readUInt32LE(at)));
  }
  return inputs;
}

describe.skipIf(missing.length > 0)(titled('the kept inputs of the fuzzers', missing), () => {
  it('are all gone through, under the sanitizers, without a finding', async () => {
    const { stdout } = await run('make', ['-s', '-C', FIRMWARE, 'fuzz-replay']);
    const kept = (harness: string): number => inputsOf(harness).length;
    expect(stdout.trim().split('\n')).toEqual(HARNESSES.map((harness) => `${harness}: ${kept(harness)} inputs`));
    for (const harness of HARNESSES) expect(kept(harness)).toBeGreaterThan(4);
  }, 300_000);

  it('become files for libFuzzer, and the same pack again', async () => {
    await run('make', ['-s', '-C', FIRMWARE, 'build/repack']);
    const folder = await mkdtemp(join(tmpdir(), 'adiabit-corpus-'));
    try {
      await run(`${FIRMWARE}build/repack`, ['out', packOf('frames'), folder]);
      const files = (await readdir(folder)).sort().map((name) => join(folder, name));
      expect(await Promise.all(files.map((file) => readFile(file)))).toEqual(inputsOf('frames'));
      const again = join(folder, 'again.pack');
      await run(`${FIRMWARE}build/repack`, ['in', again, ...files]);
      expect(await readFile(again)).toEqual(await readFile(packOf('frames')));
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
