import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adiabit } from '../support/cli.js';
import { temporaryFolder } from '../support/host-device.js';
import { repeatableNumbers } from '../support/numbers.js';
import { sampleCircuit } from '../support/sample-circuits.js';

const circuit = sampleCircuit(repeatableNumbers(8), { widths: [9, 4], inputBits: 1, goldenVectors: 1 });

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const file = (name: string): string => join(folder.path, name);
beforeAll(async () => {
  folder = await temporaryFolder();
  await writeFile(file('plain.abit'), circuit.bytes);
});
afterAll(() => folder.dispose());

async function errorOf(...args: string[]): Promise<[code: number | null, error: string]> {
  const { code, stdout } = await adiabit([...args, '--json']);
  return [code, (JSON.parse(stdout) as { error: { code: string } }).error.code];
}

describe('signing on the command line', () => {
  it('makes a key, signs, verifies, and refuses before a port is opened', async () => {
    expect((await adiabit(['key', 'new', file('ours')])).code).toBe(0);
    expect((await stat(file('ours.key'))).mode & 0o077).toBe(0);
    expect(await errorOf('key', 'new', file('ours'))).toEqual([1, 'file.exists']);

    const sign = [
      'sign',
      file('plain.abit'),
      '--key',
      file('ours.key'),
      '--product',
      'acme-doorbell',
      '--counter',
      '1',
      '-o',
      file('signed.abit'),
    ];
    expect((await adiabit(sign)).code).toBe(0);
    const key = ['--key', file('ours.pub')];
    expect((await adiabit(['verify', file('signed.abit'), ...key])).stdout).toContain('is whole and signed by key');
    expect(await errorOf('verify', file('plain.abit'), ...key)).toEqual([1, 'signature.missing']);

    expect(await errorOf('verify', file('signed.abit'), '--key', file('ours.key'))).toEqual([1, 'signature.bad-key']);

    const damaged = await readFile(file('signed.abit'));
    damaged[100] ^= 1;
    await writeFile(file('damaged.abit'), damaged);
    expect(await errorOf('verify', file('damaged.abit'), ...key)).toEqual([1, 'format.digest-mismatch']);

    // Nothing is behind the port: what is signed gets as far as that, what is not does not.
    const to = ['--port', file('no-port'), '--require-signature', file('ours.pub')];
    expect(await errorOf('flash', file('plain.abit'), ...to)).toEqual([1, 'signature.missing']);
    expect(await errorOf('flash', file('signed.abit'), ...to)).toEqual([1, 'transport.not-found']);
    expect(await errorOf('flash', file('plain.abit'), ...to.slice(0, 3), file('plain.abit'))).toEqual([
      1,
      'signature.bad-key',
    ]);
  });
});
