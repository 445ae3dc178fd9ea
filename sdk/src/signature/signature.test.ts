import { createHash, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitMatrixFrom, crc32 } from '@adiabit/simulator/bits';
import {
  bitstreamOf,
  decodeBitstream,
  decodeManifest,
  encodeBitstream,
  layout,
  manifestBytesOf,
  plainOf,
} from '@adiabit/simulator/bitstream';
import { AdiabitError } from '@adiabit/simulator/errors';
import { networkOfCounts } from '@adiabit/simulator/network';
import { WEAK_KEYS, publicKeyPem } from './testing/weak-keys.js';
import {
  fingerprint,
  generateKeys,
  manifestOf,
  namesFile,
  publicKeyBytes,
  publicKeyOf,
  readPrivateKey,
  readPublicKey,
  signBitstream,
  signKeyTable,
  verifySignature,
} from './index.js';

const pair = generateKeys();
const privateKey = readPrivateKey(pair.privateKey);
const DOORBELL = { product: 'acme-doorbell', securityCounter: 3 };
const publicKey = readPublicKey(pair.publicKey);

/** A layer of five inputs and three outputs with these offsets, as bytes. */
const bytesWith = (offsets: Int32Array): Uint8Array =>
  encodeBitstream(
    bitstreamOf(
      networkOfCounts([
        {
          activation: 'integer',
          inputs: 5,
          outputs: 3,
          inputBits: 2,
          shift: 1,
          weights: bitMatrixFrom(3, 5, (row, column) => (row + column) % 2 === 0),
          thresholds: new Uint32Array(),
          offsets,
        },
      ]),
      { name: 'signed', modelDigest: '00', compiler: 'test' },
      [{ input: Uint8Array.of(0, 1, 2, 3, 0), outputs: Int32Array.of(1, 2, 3) }],
    ),
  );

const plain = bytesWith(Int32Array.of(-7, 0, 9));
const signed = signBitstream(plain, privateKey, DOORBELL);
const FRAME_BYTES = layout.FRAME.size + layout.MANIFEST.size;

const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof AdiabitError) return error.code;
    throw error;
  }
  return 'none';
};

/** Makes every checksum right again, as an attacker who changes a file would. */
function reseal(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  view.setUint32(layout.HEADER.crc32, crc32(bytes.subarray(0, layout.HEADER.crc32)), true);
  const end = bytes.length - layout.DIGEST_BYTES;
  for (let at: number = layout.HEADER.size; at + layout.FRAME.size <= end;) {
    const payload = at + layout.FRAME.size;
    const payloadBytes = view.getUint32(at + layout.FRAME.payloadBytes, true);
    // A length that leads out of the file leaves no frame to make right.
    if (payloadBytes > end - payload) break;
    const next = payload + layout.paddedTo4(payloadBytes);
    const head = crc32(bytes.subarray(at, at + layout.FRAME.crc32));
    view.setUint32(at + layout.FRAME.crc32, crc32(bytes.subarray(payload, next), head), true);
    at = next;
  }
  bytes.set(createHash('sha256').update(bytes.subarray(0, end)).digest(), end);
  return bytes;
}

const flipped = (bytes: Uint8Array, bit: number): Uint8Array => {
  const copy = bytes.slice();
  copy[bit >>> 3] ^= 1 << (bit & 7);
  return copy;
};

describe('a signed bitstream', () => {
  it('is verified by the public half of its key, and is the same circuit', () => {
    expect(verifySignature(signed, publicKey)).toMatch(/^[0-9a-f]{16}$/);
    expect(verifySignature(signed, privateKey)).toBe(verifySignature(signed, publicKey));
    expect(decodeBitstream(signed)).toEqual(decodeBitstream(plain));
    expect(signed).toHaveLength(plain.length + FRAME_BYTES);
  });

  it('gives the unsigned bytes back, and signing again changes nothing', () => {
    expect(plainOf(signed)).toEqual(plain);
    expect(plainOf(plain)).toEqual(plain);
    expect(signBitstream(signed, privateKey, DOORBELL)).toEqual(signed);
    expect(manifestBytesOf(plain)).toBeUndefined();
  });

  it('is refused with any single bit flipped', () => {
    for (let bit = 0; bit < signed.length * 8; bit++) {
      expect(codeOf(() => verifySignature(flipped(signed, bit), publicKey))).toMatch(/^format\./);
    }
  });

  it('is refused with any single bit flipped and every checksum made right again', () => {
    const codes = new Set<string>();
    const checksumBytes = (byte: number): boolean => {
      const same = reseal(flipped(signed, byte * 8));
      return Buffer.compare(same, signed) === 0;
    };
    for (let byte = 0; byte < signed.length - layout.DIGEST_BYTES; byte++) {
      if (checksumBytes(byte)) continue;
      for (let bit = 0; bit < 8; bit++) {
        const code = codeOf(() => verifySignature(reseal(flipped(signed, byte * 8 + bit)), publicKey));
        expect(`${byte}.${bit} ${code}`).not.toContain('none');
        codes.add(code);
      }
    }
    expect([...codes]).toEqual(
      expect.arrayContaining(['signature.invalid', 'signature.other-key', 'signature.missing']),
    );
  });

  it('is not taken for another key, and an unsigned one for none', () => {
    const other = generateKeys();
    expect(codeOf(() => verifySignature(signed, readPublicKey(other.publicKey)))).toBe('signature.other-key');
    expect(codeOf(() => verifySignature(plain, publicKey))).toBe('signature.missing');
    const again = signBitstream(signed, readPrivateKey(other.privateKey), DOORBELL);
    expect(again).toHaveLength(signed.length);
    expect(codeOf(() => verifySignature(again, publicKey))).toBe('signature.other-key');
  });

  it('cannot lend its signature to another circuit of the same size', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1000, max: 1000 }), (offset) => {
        fc.pre(offset !== 0);
        const changed = signBitstream(bytesWith(Int32Array.of(-7, offset, 9)), privateKey, DOORBELL);
        const from = changed.length - layout.DIGEST_BYTES - layout.MANIFEST.size;
        changed.set(signed.subarray(from, from + layout.MANIFEST.size), from);
        expect(codeOf(() => verifySignature(reseal(changed), publicKey))).toBe('signature.invalid');
      }),
      { numRuns: 30 },
    );
  });
});

describe('a manifest', () => {
  it('says for what the bitstream was signed, and who may take it', () => {
    expect(manifestOf(plain)).toBeUndefined();
    const limited = signBitstream(plain, privateKey, {
      ...DOORBELL,
      board: 'rp2040',
      minimumFirmware: { major: 1, minor: 2 },
    });
    expect(manifestOf(limited)).toMatchObject({
      product: 'acme-doorbell',
      board: 'rp2040',
      securityCounter: 3,
      minimumFirmware: { major: 1, minor: 2 },
      kind: 'circuit',
      totalBytes: plain.length,
      keyId: fingerprint(publicKeyBytes(publicKey)),
    });
    expect(manifestOf(signed)?.board).toBeUndefined();
    expect(namesFile(manifestOf(signed)!, signed)).toBe(true);
    expect(namesFile(manifestOf(signed)!, bytesWith(Int32Array.of(1, 2, 3)))).toBe(false);
  });

  it.each([
    ['no product', { product: '' }],
    ['a product in capitals', { product: 'Acme' }],
    ['a long product', { product: 'a'.repeat(33) }],
    ['a long board', { board: 'a'.repeat(17) }],
    ['a board in two words', { board: 'rp 2040' }],
    ['a counter below zero', { securityCounter: -1 }],
    ['half a counter', { securityCounter: 0.5 }],
    ['a counter beyond 32 bits', { securityCounter: 2 ** 32 }],
    ['a version beyond a byte', { minimumFirmware: { major: 256, minor: 0 } }],
  ])('says nothing of %s', (_, options) => {
    expect(codeOf(() => signBitstream(plain, privateKey, { ...DOORBELL, ...options }))).toBe('signature.bad-option');
  });

  it('speaks for a key table, and for no table that devices would refuse', () => {
    const keys = Array.from({ length: 5 }, () => readPublicKey(generateKeys().publicKey));
    const options = { product: 'acme-doorbell', tableVersion: 1 };
    const table = signKeyTable(keys.slice(0, 2), privateKey, options);
    expect(table).toHaveLength(layout.MANIFEST.size + 1 + 64);
    const manifest = decodeManifest(table.subarray(0, layout.MANIFEST.size));
    expect(manifest).toMatchObject({ kind: 'keyTable', securityCounter: 1, totalBytes: 65 });
    for (const wrong of [[], keys, [keys[0], keys[0]]])
      expect(codeOf(() => signKeyTable(wrong, privateKey, options))).toBe('signature.bad-option');
    expect(codeOf(() => signKeyTable(keys.slice(0, 1), privateKey, { ...options, tableVersion: 0 }))).toBe(
      'signature.bad-option',
    );
  });
});

describe('a key', () => {
  it('is made of the 32 bytes of its public half, unless anybody can sign for it', () => {
    const named = publicKeyOf(publicKeyBytes(publicKey));
    expect(publicKeyBytes(named)).toEqual(publicKeyBytes(publicKey));
    expect(verifySignature(signed, named)).toHaveLength(16);
    expect(() => publicKeyOf(new Uint8Array(32))).toThrow(
      expect.objectContaining({ code: 'signature.bad-key' }) as Error,
    );
  });

  it('of another kind, or no key at all, is refused by name', () => {
    const { privateKey: otherCurve } = generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    expect(() => readPrivateKey(otherCurve)).toThrow('this one is ec');
    expect(codeOf(() => readPublicKey('hello'))).toBe('signature.bad-key');
    expect(codeOf(() => readPrivateKey(pair.publicKey))).toBe('signature.bad-key');
  });

  it('is not read from its private half where a public one is asked for', () => {
    expect(codeOf(() => readPublicKey(pair.privateKey))).toBe('signature.bad-key');
    expect(() => readPublicKey(pair.privateKey)).toThrow('Give the .pub file');
  });

  it.each(WEAK_KEYS)('%s, for which anybody can sign, is refused with either sign', (hex) => {
    const pem = publicKeyPem(Buffer.from(hex, 'hex'));
    // R is the neutral point and s is 0: a signature of one message in eight at least, made without any secret.
    const forged = Buffer.alloc(64);
    forged[0] = 1;
    const messages = Array.from({ length: 100 }, (_, index) => Buffer.from([index]));
    expect(messages.some((message) => verify(null, message, createPublicKey(pem), forged))).toBe(true);
    const other = Buffer.from(hex, 'hex');
    other[31] ^= 0x80;
    for (const text of [pem, publicKeyPem(other)]) expect(() => readPublicKey(text)).toThrow('protects nothing');
  });
});
