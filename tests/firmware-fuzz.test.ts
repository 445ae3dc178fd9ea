import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { HOST_TOOLS, missingTools, titled } from './support/tools.js';

const FIRMWARE = fileURLToPath(new URL('../firmware-templates/', import.meta.url));
const missing = missingTools(...HOST_TOOLS);

describe.skipIf(missing.length > 0)(titled('the kept inputs of the fuzzers', missing), () => {
  it('are all gone through, under the sanitizers, without a finding', async () => {
    const { stdout } = await promisify(execFile)('make', ['-s', '-C', FIRMWARE, 'fuzz-replay']);
    const kept = (harness: string): number => readdirSync(`${FIRMWARE}fuzz/corpus/${harness}`).length;
    const harnesses = ['frames', 'device', 'bitstream'];
    expect(stdout.trim().split('\n')).toEqual(harnesses.map((harness) => `${harness}: ${kept(harness)} inputs`));
    for (const harness of harnesses) expect(kept(harness)).toBeGreaterThan(4);
  }, 300_000);
});
