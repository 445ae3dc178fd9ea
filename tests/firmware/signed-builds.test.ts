/** Which keys a build takes, and that no build is taken for that of other keys. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signedFolder } from '../../sdk/scripts/build-firmware-images.js';
import { generateKeys, publicKeyBytes, readPublicKey } from '../../sdk/src/signature/index.js';
import { refusedKeys } from '../../sdk/src/signature/testing/refused-keys.js';
import { temporaryFolder } from '../support/host-device.js';
import { missingTools, titled } from '../support/tools.js';
import { trustedKeysHeader } from '../support/trusted-keys.js';

const FIRMWARE = fileURLToPath(new URL('../../firmware-templates/', import.meta.url));
const [ours, theirs, spare] = [generateKeys(), generateKeys(), generateKeys()];
const keyBytes = (pem: string): Buffer => Buffer.from(publicKeyBytes(readPublicKey(pem)));

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const file = (name: string): string => join(folder.path, name);
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.dispose());

const run = (command: string, ...parameters: string[]) =>
  spawnSync(command, parameters, { cwd: FIRMWARE, encoding: 'utf8' });
/** What a build says to a file that it is given as KEYS. */
const lookAt = (text: string) => {
  writeFileSync(file('keys'), text);
  return run('sh', 'signature/trusted-keys.sh', file('keys'));
};

describe('the keys of a build', () => {
  it('are a header, and its digest is their name', () => {
    const header = trustedKeysHeader('acme-doorbell', [ours.publicKey, spare.publicKey]);
    const { status, stdout } = lookAt(header);
    expect([status, `signed-by-${stdout.trim()}`]).toEqual([0, signedFolder(Buffer.from(header))]);
  });

  it.each(refusedKeys())('are not %s, of which no header is made', (_, text) => {
    expect(() => trustedKeysHeader('acme', [text])).toThrow(
      expect.objectContaining({ code: 'signature.bad-key' }) as Error,
    );
  });

  it.each([
    ['a private key', ours.privateKey, 'this is a private key'],
    ['a public key', ours.publicKey, 'this is a key'],
    ['both halves', ours.publicKey + ours.privateKey, 'this is a private key'],
    ['another header', '#define ANSWER 42\n', 'no header of keys'],
    ['nothing', '', 'no header of keys'],
  ])('are not %s, and the build says what to run', (_, text, message) => {
    const { status, stdout, stderr } = lookAt(text);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain(message);
    expect(stderr).toContain('adiabit key header');
  });

  it('are there', () => {
    expect(run('sh', 'signature/trusted-keys.sh', file('nowhere')).stderr).toContain('no such file');
  });
});

const missing = missingTools('make', 'cargo', 'arm-none-eabi-gcc');
describe.skipIf(missing.length > 0)(titled('a build for keys', missing), () => {
  const make = (...parameters: string[]) => run('make', 'rp2040', `BUILD=${file('build')}`, ...parameters);
  const image = (name: string): Buffer => readFileSync(join(file('build'), name, 'rp2040.bin'));

  it('takes no key, and leaves nothing behind', () => {
    for (const [name, text] of [
      ['ours.key', ours.privateKey],
      ['ours.pub', ours.publicKey],
    ]) {
      writeFileSync(file(name), text);
      const { status, stderr } = make(`KEYS=${file(name)}`);
      expect(status).not.toBe(0);
      expect(stderr).toContain('adiabit key header');
      expect(existsSync(file('build'))).toBe(false);
    }
    const { status, stderr } = make(`SIGNED_BY=${file('ours.pub')}`);
    expect(status).not.toBe(0);
    expect(stderr).toContain(`adiabit key header ${file('ours.pub')}`);
  });

  it('takes one to four keys, and a product of 1 to 32 characters', () => {
    const keys = Array.from({ length: 5 }, () => generateKeys().publicKey);
    writeFileSync(file('most.h'), trustedKeysHeader('a'.repeat(32), keys.slice(0, 4)));
    expect(make('-s', `KEYS=${file('most.h')}`).status).toBe(0);
    const monocypher = file('build/vendor/monocypher-sys/Monocypher/src');
    const includes = ['core', folder.path, monocypher, join(monocypher, 'optional')].map((one) => `-I${one}`);
    const compile = (header: string) => {
      writeFileSync(file('trusted_keys.h'), header);
      const flags = ['-fsyntax-only', '-std=c99', '-DADIABIT_CHECKS_SIGNATURES=1', ...includes];
      return run('arm-none-eabi-gcc', ...flags, 'signature/ed25519.c');
    };
    expect(compile(trustedKeysHeader('acme', keys.slice(0, 1))).status).toBe(0);
    for (const header of [trustedKeysHeader('acme', keys), trustedKeysHeader('a'.repeat(33), keys.slice(0, 1))]) {
      const { status, stderr } = compile(header);
      expect(status).not.toBe(0);
      expect(stderr).toContain('negative');
    }
  }, 240_000);

  it('lies in a folder of its own, whatever was built before, and holds its own keys and no others', () => {
    const headers = {
      ours: trustedKeysHeader('acme-doorbell', [ours.publicKey, spare.publicKey]),
      theirs: trustedKeysHeader('other-toaster', [theirs.publicKey]),
    };
    for (const [name, header] of Object.entries(headers)) writeFileSync(file(`${name}.h`), header);
    for (const turn of [1, 2]) {
      for (const name of Object.keys(headers)) {
        const { status, stdout } = make('-s', `KEYS=${file(`${name}.h`)}`);
        expect([status, turn]).toEqual([0, turn]);
        expect(stdout).toContain(`runs only what the keys of ${file(`${name}.h`)}`);
      }
      expect(make('-s').status).toBe(0);
    }
    const held = (bytes: Buffer): boolean[] => [
      ...[ours, spare, theirs].map(({ publicKey }) => bytes.includes(keyBytes(publicKey))),
      ...['acme-doorbell', 'other-toaster'].map((product) => bytes.includes(product)),
    ];
    const folderOf = (header: string): string => signedFolder(Buffer.from(header));
    expect(held(image(folderOf(headers.ours)))).toEqual([true, true, false, true, false]);
    expect(held(image(folderOf(headers.theirs)))).toEqual([false, false, true, false, true]);
    expect(held(image('.'))).toEqual([false, false, false, false, false]);
    const secrets = [ours, theirs, spare].map(({ privateKey }) =>
      Buffer.from(privateKey.split('\n')[1], 'base64').subarray(-32),
    );
    for (const name of readdirSync(file('build'), { recursive: true, encoding: 'utf8' })) {
      const path = join(file('build'), name);
      if (!statSync(path).isFile()) continue;
      const bytes = readFileSync(path);
      expect(secrets.map((secret) => bytes.includes(secret))).toEqual([false, false, false]);
    }
  }, 240_000);

  it('is built anew when its other flags change, and only then', () => {
    const built = (...parameters: string[]): number => {
      expect(make('-s', ...parameters).status).toBe(0);
      return statSync(join(file('build'), 'rp2040.elf')).mtimeMs;
    };
    const first = built();
    expect(built()).toBe(first);
    const second = built('EXTRA=-DBOARD_KERNEL=adiabit_kernel_popcount');
    expect(second).toBeGreaterThan(first);
    expect(built()).toBeGreaterThan(second);
  }, 240_000);
});
