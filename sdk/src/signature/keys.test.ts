import { createPrivateKey } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPoint } from './points.js';
import { refusedKeys } from './testing/refused-keys.js';
import {
  encryptPrivateKey,
  generateKeys,
  publicKeyBytes,
  readPrivateKey,
  readPublicKey,
  readTrustedKeysHeader,
  trustedKeysHeader,
} from './index.js';

const failing = (code: string): Error => expect.objectContaining({ code }) as Error;

describe('a public key', () => {
  it('is read whatever ends its lines and stands before it', () => {
    const { publicKey } = generateKeys();
    const bytes = publicKeyBytes(readPublicKey(publicKey));
    for (const text of [publicKey.replaceAll('\n', '\r\n'), `ours\n${publicKey}`])
      expect(publicKeyBytes(readPublicKey(text))).toEqual(bytes);
  });

  it.each(refusedKeys())('is not %s', (_, text, message) => {
    expect(() => readPublicKey(text)).toThrow(failing('signature.bad-key'));
    expect(() => readPublicKey(text)).toThrow(message);
  });

  it('that was generated is a point, and of other bytes about half are', () => {
    for (let count = 0; count < 20; count++)
      expect(isPoint(publicKeyBytes(readPublicKey(generateKeys().publicKey)))).toBe(true);
    const bytes = fc.sample(fc.uint8Array({ minLength: 32, maxLength: 32 }), { seed: 1, numRuns: 200 });
    const share = bytes.filter(isPoint).length / bytes.length;
    expect(share).toBeGreaterThan(0.35);
    expect(share).toBeLessThan(0.65);
    expect(isPoint(new Uint8Array(31))).toBe(false);
  });
});

describe('a private key under a passphrase', () => {
  it('is opened by that passphrase and by no other, nor without one', () => {
    const key = readPrivateKey(generateKeys().privateKey);
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), fc.string({ minLength: 1 }), (passphrase, other) => {
        fc.pre(passphrase !== other);
        const pem = encryptPrivateKey(key, passphrase);
        expect(readPrivateKey(pem, passphrase).equals(key)).toBe(true);
        // A wrong one passes for right in the padding one time in 256; what comes of that is no key.
        expect(() => readPrivateKey(pem, other)).toThrow(failing('signature.bad-passphrase'));
        expect(() => readPrivateKey(pem)).toThrow(failing('signature.bad-passphrase'));
      }),
      { numRuns: 3 },
    );
  });

  it('never has the same bytes twice, and none of the secret in them', () => {
    const { privateKey } = generateKeys();
    const key = readPrivateKey(privateKey);
    const [first, second] = [encryptPrivateKey(key, 'open sesame'), encryptPrivateKey(key, 'open sesame')];
    expect(first).not.toBe(second);
    const secret = key.export({ type: 'pkcs8', format: 'der' }).subarray(-32);
    const der = Buffer.from(first.split('\n').slice(1, -2).join(''), 'base64');
    expect(der.includes(secret)).toBe(false);
  });

  it('is one that OpenSSL wrote with scrypt or with PBKDF2, too', () => {
    const key = readPrivateKey(generateKeys().privateKey);
    const options = { cipher: 'aes-256-cbc', passphrase: 'open sesame', type: 'pkcs8', format: 'pem' } as const;
    expect(readPrivateKey(key.export(options).toString(), 'open sesame').equals(key)).toBe(true);
    const openssl = spawnSync('openssl', ['pkcs8', '-topk8', '-scrypt', '-passout', 'pass:open sesame'], {
      input: key.export({ type: 'pkcs8', format: 'pem' }),
      encoding: 'utf8',
    });
    if (openssl.status === 0) expect(readPrivateKey(openssl.stdout, 'open sesame').equals(key)).toBe(true);
  });

  it('is read by OpenSSL', () => {
    const key = readPrivateKey(generateKeys().privateKey);
    const { status, stdout, error } = spawnSync('openssl', ['pkey', '-passin', 'pass:open sesame'], {
      input: encryptPrivateKey(key, 'open sesame'),
      encoding: 'utf8',
    });
    if (error === undefined) expect([status, createPrivateKey(stdout).equals(key)]).toEqual([0, true]);
  });
});

describe('the header of trusted keys', () => {
  const keys = Array.from({ length: 5 }, () => readPublicKey(generateKeys().publicKey));

  it('is read back as it was written', () => {
    for (const count of [1, 2, 4]) {
      const trusted = { product: 'acme-doorbell.2', keys: keys.slice(0, count) };
      const read = readTrustedKeysHeader(trustedKeysHeader(trusted));
      expect(read.product).toBe(trusted.product);
      expect(read.keys.map(publicKeyBytes)).toEqual(trusted.keys.map(publicKeyBytes));
    }
  });

  it('has from one to four keys, none of them twice', () => {
    for (const wrong of [[], keys, [keys[0], keys[1], keys[0]]])
      expect(() => trustedKeysHeader({ product: 'acme', keys: wrong })).toThrow(failing('signature.bad-option'));
  });

  it('is of a product with a name that fits a manifest', () => {
    for (const product of ['', 'Acme', 'a b', 'a"b', 'a'.repeat(33), 'a\n'])
      expect(() => trustedKeysHeader({ product, keys: [keys[0]] })).toThrow(failing('signature.bad-option'));
  });

  it('that somebody changed is refused', () => {
    const header = trustedKeysHeader({ product: 'acme', keys: keys.slice(0, 2) });
    const changed = [
      header.replace('TRUSTED_KEY_COUNT 2', 'TRUSTED_KEY_COUNT 1'),
      header.replace(/0x[0-9a-f]{2}, /, ''),
      header.replace(/id [0-9a-f]{4}/, 'id 0000'),
      `${header}/* more */\n`,
    ];
    for (const text of changed) expect(() => readTrustedKeysHeader(text)).toThrow(/signature\.|header|curve|key/);
  });
});
