import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manifestOf } from '@adiabit/sdk/signature';
import { adiabit, type CliOptions } from '../support/cli.js';
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

describe('what a manifest says', () => {
  const sign = ['sign', 'plain.abit', '--product', 'acme-doorbell', '--counter', '3', '-o', 'made.abit'];
  const signed = async (args: readonly string[], options: CliOptions = {}) => {
    const { code, stderr } = await adiabit(args, { cwd: folder.path, ...options });
    expect(code, stderr).toBe(0);
    return new Uint8Array(await readFile(file('made.abit')));
  };

  it('is the same whether the key is a file, standard input or a variable, encrypted or not', async () => {
    await adiabit(['key', 'new', 'ci'], { cwd: folder.path });
    const pem = await readFile(file('ci.key'), 'utf8');
    const fromFile = await signed([...sign, '--key', 'ci.key']);
    expect(await signed([...sign, '--key', '-'], { input: pem })).toEqual(fromFile);
    expect(await signed([...sign, '--key', 'env:SIGNING_KEY'], { env: { SIGNING_KEY: pem } })).toEqual(fromFile);

    const words = { env: { WORDS: 'correct horse' } };
    await adiabit(['key', 'new', 'safe', '--passphrase', 'env:WORDS'], { cwd: folder.path, ...words });
    const safe = await signed([...sign, '--key', 'safe.key', '--passphrase', 'env:WORDS'], words);
    expect(safe).not.toEqual(fromFile);
    expect(await signed([...sign, '--key', 'safe.key', '--passphrase', '-'], { input: 'correct horse\n' })).toEqual(
      safe,
    );

    const both = await adiabit([...sign, '--key', '-', '--passphrase', '-', '--json'], {
      cwd: folder.path,
      input: pem,
    });
    expect(both.stdout).toContain('signature.bad-passphrase');
  });

  it('is what the options say, and a SUIT envelope says the same', async () => {
    const more = ['--board', 'rp2040', '--minimum-firmware', '0.2', '--suit', 'made.suit', '--vendor', 'acme.example'];
    const bytes = await signed([...sign, '--key', 'ours.key', ...more]);
    expect(manifestOf(bytes)).toMatchObject({
      product: 'acme-doorbell',
      board: 'rp2040',
      securityCounter: 3,
      minimumFirmware: { major: 0, minor: 2 },
    });
    const envelope = await readFile(file('made.suit'));
    expect(envelope.subarray(0, 2).toString('hex')).toBe('d86b');
    expect(envelope.includes(Buffer.from(manifestOf(bytes)!.digest))).toBe(true);
    expect((await adiabit(['verify', file('made.abit'), '--key', file('ours.pub')])).code).toBe(0);
  });

  it('cannot be without a product or a counter, nor an envelope without a vendor', async () => {
    for (const wrong of [
      ['sign', 'plain.abit', '--key', 'ours.key', '--counter', '3'],
      ['sign', 'plain.abit', '--key', 'ours.key', '--product', 'acme'],
      ['sign', 'plain.abit', '--key', 'ours.key', '--product', 'Acme', '--counter', '3'],
      [...sign, '--key', 'ours.key', '--minimum-firmware', '2'],
      [...sign, '--key', 'ours.key', '--suit', 'x.suit'],
      [...sign],
    ])
      expect((await adiabit(wrong, { cwd: folder.path })).code, wrong.join(' ')).toBe(2);
    expect(
      await errorOf('sign', file('plain.abit'), '--key', file('ours.key'), '--product', 'a', '--counter', '4294967296'),
    ).toEqual([1, 'signature.bad-option']);
  });

  it('comes from the config of a project, which keeps the bitstream of its lock as it was built', async () => {
    const project = file('project');
    await mkdir(join(project, 'network'), { recursive: true });
    await writeFile(join(project, 'network/bell.abit'), circuit.bytes);
    const config = {
      name: 'bell',
      data: { format: 'mnist' },
      recipe: 'mnist-demo',
      signing: { product: 'acme-doorbell', securityCounter: 5, minimumFirmware: '0.1', vendor: 'acme.example' },
    };
    await writeFile(join(project, 'adiabit.config.json'), JSON.stringify(config));
    const here = { cwd: project };
    expect((await adiabit(['sign', '--key', file('ours.key'), '--suit', 'bell.suit'], here)).code).toBe(0);
    const bytes = new Uint8Array(await readFile(join(project, 'network/bell.signed.abit')));
    expect(manifestOf(bytes)).toMatchObject({ product: 'acme-doorbell', securityCounter: 5 });
    expect(new Uint8Array(await readFile(join(project, 'network/bell.abit')))).toEqual(circuit.bytes);

    const other = ['sign', 'network/bell.abit', '--key', file('ours.key'), '--counter', '6', '-o', 'other.abit'];
    expect((await adiabit(other, here)).code).toBe(0);
    const raised = new Uint8Array(await readFile(join(project, 'other.abit')));
    expect(manifestOf(raised)).toMatchObject({ product: 'acme-doorbell', securityCounter: 6 });
    // What is not the project's is not signed as if it were.
    await writeFile(join(project, 'stranger.abit'), circuit.bytes);
    expect((await adiabit(['sign', 'stranger.abit', '--key', file('ours.key')], here)).code).toBe(2);
  });
});
