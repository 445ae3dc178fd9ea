/** Which keys a build takes, and that no build is taken for that of another key. */
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signedFolder } from '../../sdk/scripts/build-firmware-images.js';
import { fingerprint, generateKeys, publicKeyBytes, readPublicKey } from '../../sdk/src/signature/index.js';
import { WEAK_KEYS, publicKeyPem } from '../../sdk/src/signature/testing/weak-keys.js';
import { temporaryFolder } from '../support/host-device.js';
import { missingTools, titled } from '../support/tools.js';

const FIRMWARE = fileURLToPath(new URL('../../firmware-templates/', import.meta.url));
const [ours, theirs] = [generateKeys(), generateKeys()];
const keyBytes = (pem: string): Buffer => Buffer.from(publicKeyBytes(readPublicKey(pem)));

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const file = (name: string): string => join(folder.path, name);
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.dispose());

const run = (command: string, ...parameters: string[]) =>
  spawnSync(command, parameters, { cwd: FIRMWARE, encoding: 'utf8' });
const readKey = (text: string) => {
  writeFileSync(file('key'), text);
  return run('sh', 'signature/trusted-key.sh', file('key'));
};

/** A pair of keys that are none of Ed25519, in PEM. */
function pair(type: 'ec' | 'x25519' | 'rsa'): { readonly publicKey: string; readonly privateKey: string } {
  const keys = {
    ec: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    x25519: () => generateKeyPairSync('x25519'),
    rsa: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  }[type]();
  return {
    publicKey: keys.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    privateKey: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

const REFUSED: readonly (readonly [what: string, text: string, message: string])[] = (() => {
  const body = ours.publicKey.split('\n')[1];
  const weak = WEAK_KEYS.flatMap((hex) => {
    const other = Buffer.from(hex, 'hex');
    other[31] ^= 0x80;
    return [Buffer.from(hex, 'hex'), other];
  });
  return [
    ['a private key', ours.privateKey, 'private key'],
    ['both halves', ours.publicKey + ours.privateKey, 'private key'],
    ['the private key of another curve', pair('ec').privateKey, 'private key'],
    ['a public key of P-256', pair('ec').publicKey, 'none of Ed25519'],
    ['a public key of X25519', pair('x25519').publicKey, 'none of Ed25519'],
    ['a public key of RSA', pair('rsa').publicKey, 'none of Ed25519'],
    ['a key cut off', ours.publicKey.replace(body, body.slice(0, 40)), 'none of Ed25519'],
    ['a key with more behind it', ours.publicKey.replace(body, `${body.slice(0, -1)}AAAA`), 'none of Ed25519'],
    ['no base 64', ours.publicKey.replace(body, '%'.repeat(60)), 'none of Ed25519'],
    ['two keys', ours.publicKey + theirs.publicKey, 'no public key in PEM'],
    ['nothing', '', 'no public key in PEM'],
    ...weak.map((key) => [`the weak key ${key.toString('hex')}`, publicKeyPem(key), 'protects nothing'] as const),
  ];
})();

describe('the key of a build', () => {
  it('is the public half, as the SDK reads it', () => {
    for (const text of [ours.publicKey, ours.publicKey.replaceAll('\n', '\r\n'), `ours\n${ours.publicKey}`]) {
      const { status, stdout } = readKey(text);
      expect(status).toBe(0);
      const key = keyBytes(ours.publicKey);
      expect(stdout).toBe(`${key.toString('hex')} ${fingerprint(key)}\n`);
    }
  });

  it.each(REFUSED)('is not %s', (_, text, message) => {
    const { status, stdout, stderr } = readKey(text);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain(message);
  });

  it('is there', () => {
    expect(run('sh', 'signature/trusted-key.sh', file('nowhere')).stderr).toContain('no such file');
  });
});

const missing = missingTools('make', 'cargo', 'arm-none-eabi-gcc');
describe.skipIf(missing.length > 0)(titled('a build for a key', missing), () => {
  const make = (...parameters: string[]) => run('make', 'rp2040', `BUILD=${file('build')}`, ...parameters);
  const image = (name: string): Buffer => readFileSync(join(file('build'), name, 'rp2040.bin'));

  it('takes no private key, and leaves nothing behind', () => {
    writeFileSync(file('ours.key'), ours.privateKey);
    const { status, stderr } = make(`SIGNED_BY=${file('ours.key')}`);
    expect(status).not.toBe(0);
    expect(stderr).toContain('this is a private key');
    expect(existsSync(file('build'))).toBe(false);
  });

  it('lies in a folder of its own, whatever was built before, and says for whom it is', () => {
    writeFileSync(file('ours.pub'), ours.publicKey);
    writeFileSync(file('theirs.pub'), theirs.publicKey);
    for (const turn of [1, 2]) {
      for (const [name, { publicKey }] of Object.entries({ ours, theirs })) {
        const { status, stdout } = make('-s', `SIGNED_BY=${file(`${name}.pub`)}`);
        expect([status, turn]).toEqual([0, turn]);
        expect(stdout).toContain(`runs only what key ${fingerprint(keyBytes(publicKey))} has signed`);
      }
      expect(make('-s').status).toBe(0);
    }
    const keys = [ours, theirs].map(({ publicKey }) => keyBytes(publicKey));
    const held = (bytes: Buffer): boolean[] => keys.map((key) => bytes.includes(key));
    expect(held(image(signedFolder(ours.publicKey)))).toEqual([true, false]);
    expect(held(image(signedFolder(theirs.publicKey)))).toEqual([false, true]);
    expect(held(image('.'))).toEqual([false, false]);
    const secret = Buffer.from(ours.privateKey.split('\n')[1], 'base64').subarray(-32);
    for (const name of readdirSync(file('build'), { recursive: true, encoding: 'utf8' })) {
      const path = join(file('build'), name);
      if (statSync(path).isFile()) expect(readFileSync(path).includes(secret)).toBe(false);
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
