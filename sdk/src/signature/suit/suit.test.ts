import { createHash, createPrivateKey, createPublicKey, verify, type KeyObject } from 'node:crypto';
import { decode, encode, rfc8949EncodeOptions, Tagged } from 'cborg';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprint, publicKeyBytes } from '../keys.js';
import { SUIT_COMPONENT, suitEnvelope, suitIdentifiers, uuidText, type SuitFacts } from './index.js';

/** The key of RFC 8032, section 7.1, test 1. */
const SEED = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60';
const privateKey = createPrivateKey({
  key: Buffer.from(`302e020100300506032b657004220420${SEED}`, 'hex'),
  format: 'der',
  type: 'pkcs8',
});

/** Example 0 of draft-ietf-suit-manifest, appendix B, and the key that signed it. */
const EXAMPLE = Buffer.from(
  'd86ba2025873825824822f58206658ea560262696dd1f13b782239a064da7c6c5cbaf52fded428a6fc83c7e5af584ad28443a10126a0f65840' +
    '6c56f1463de7d83c945b88bceb0797958938942a71b2b4a7dffe2b4e8f07b91dd4ee3c6c48f869e668f6ce9113c32de6b2b17dbcabdcad55' +
    '88102d486c3884df035871a50101020003585fa202818141000458568614a40150fa6b4a53d5ad5fdfbe9de663e4d41ffe02501492af1425' +
    '695e48bf429b2d51f2ab45035824822f582000112233445566778899aabbccddeeff0123456789abcdeffedcba98765432100e1987d0010f' +
    '020f074382030f0943821702',
  'hex',
);
const EXAMPLE_KEY = createPublicKey(`-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEhJaBGq4LqqvSYVcYnuzaJr6qi/Eb
bz/m4rVlnIXbwK07HypLbAmBMcCjbazR14vTgdzfsJwFLbM5kdtzOLSolg==
-----END PUBLIC KEY-----`);

type Bytes = Uint8Array;
type Items = ReadonlyMap<number, unknown>;

/** Reads CBOR as strictly as RFC 8949, section 4.2.1, has it: one encoding for each value. */
function strictly(bytes: Bytes, tag?: number): unknown {
  const tags = tag === undefined ? {} : { tags: Tagged.preserve(tag) };
  const value = decode(bytes, {
    strict: true,
    useMaps: true,
    allowIndefinite: false,
    rejectDuplicateMapKeys: true,
    ...tags,
  }) as unknown;
  // The order of keys shows here.
  expect(Buffer.from(encode(value, rfc8949EncodeOptions))).toEqual(Buffer.from(bytes));
  return tag === undefined ? value : (value as Tagged).value;
}

/** Reads an envelope, holds its digest and signature to a key, and returns what it says. */
function read(envelope: Bytes, key: KeyObject, hash: string | null) {
  const outer = strictly(envelope, 107) as Items;
  expect([...outer.keys()]).toEqual([2, 3]);
  const manifestBytes = outer.get(3) as Bytes;
  const [digestBytes, blockBytes] = strictly(outer.get(2) as Bytes) as readonly [Bytes, Bytes];
  const [algorithm, digest] = strictly(digestBytes) as readonly [number, Bytes];
  const wrapped = encode(manifestBytes, rfc8949EncodeOptions);
  expect([algorithm, Buffer.from(digest)]).toEqual([-16, createHash('sha256').update(wrapped).digest()]);

  const [protectedBytes, unprotected, payload, signature] = strictly(blockBytes, 18) as readonly [
    Bytes,
    Items,
    null,
    Bytes,
  ];
  expect(payload).toBeNull();
  const signed = encode(['Signature1', protectedBytes, new Uint8Array(), digestBytes], rfc8949EncodeOptions);
  const isValid = verify(hash, signed, { key, dsaEncoding: 'ieee-p1363' }, signature);

  const manifest = strictly(manifestBytes) as Items;
  const common = strictly(manifest.get(3) as Bytes) as Items;
  const [override, parameters, ...conditions] = strictly(common.get(4) as Bytes) as readonly [
    number,
    Items,
    ...(readonly number[]),
  ];
  expect([override, conditions]).toEqual([20, [1, 15, 2, 15]]);
  const image = strictly(parameters.get(3) as Bytes) as readonly [number, Bytes];
  return {
    isValid,
    protectedHeader: strictly(protectedBytes),
    unprotected,
    version: manifest.get(1) as number,
    sequenceNumber: manifest.get(2) as number,
    components: common.get(2) as readonly (readonly Bytes[])[],
    validate: strictly(manifest.get(7) as Bytes),
    vendor: parameters.get(1) as Bytes,
    class: parameters.get(2) as Bytes,
    image,
    imageBytes: parameters.get(14) as number,
  };
}

const facts: SuitFacts = {
  identifiers: suitIdentifiers('acme.example', 'acme-doorbell'),
  sequenceNumber: 7,
  imageDigest: Buffer.from('00112233445566778899aabbccddeeff0123456789abcdeffedcba9876543210', 'hex'),
  imageBytes: 34_768,
};

describe('a SUIT envelope', () => {
  it('is read by a reader that reads the example of the draft', () => {
    const example = read(EXAMPLE, EXAMPLE_KEY, 'sha256');
    expect(example.isValid).toBe(true);
    expect(uuidText(example.vendor)).toBe('fa6b4a53-d5ad-5fdf-be9d-e663e4d41ffe');
    expect([example.sequenceNumber, example.imageBytes]).toEqual([0, 34_768]);
  });

  it('says vendor, class, sequence, digest and size of any circuit, signed by the key that it names', async () => {
    const digest = fc.uint8Array({ minLength: 32, maxLength: 32 });
    const unsigned = fc.integer({ min: 0, max: 0xffff_ffff });
    await fc.assert(
      fc.asyncProperty(digest, unsigned, unsigned, fc.constantFrom(undefined, 'rp2040'), async (...drawn) => {
        const [imageDigest, sequenceNumber, imageBytes, board] = drawn;
        const identifiers = suitIdentifiers('acme.example', 'acme-doorbell', board);
        const envelope = await suitEnvelope({ identifiers, sequenceNumber, imageDigest, imageBytes }, privateKey);
        const found = read(envelope, createPublicKey(privateKey), null);
        expect(found).toMatchObject({ isValid: true, version: 1, sequenceNumber, imageBytes, validate: [3, 15] });
        expect(found.image).toEqual([-16, imageDigest]);
        expect([found.vendor, found.class]).toEqual([identifiers.vendor, identifiers.class]);
        expect(found.protectedHeader).toEqual(new Map([[1, -19]]));
        const keyId = Buffer.from(found.unprotected.get(4) as Bytes).toString('hex');
        expect(keyId).toBe(fingerprint(publicKeyBytes(privateKey)));
        expect(Buffer.from(found.components[0][0]).toString()).toBe(SUIT_COMPONENT);
      }),
      { numRuns: 50 },
    );
  });

  it('has the same bytes for the same facts', async () => {
    const envelope = Buffer.from(await suitEnvelope(facts, privateKey)).toString('hex');
    expect(envelope).toBe(GOLDEN);
    expect(read(Buffer.from(GOLDEN, 'hex'), createPublicKey(privateKey), null).isValid).toBe(true);
  });

  it('does not hold with any bit of it flipped', async () => {
    const envelope = await suitEnvelope(facts, privateKey);
    const key = createPublicKey(privateKey);
    const keyIdAt = Buffer.from(envelope).indexOf(Buffer.from(fingerprint(publicKeyBytes(privateKey)), 'hex'));
    for (let bit = 0; bit < envelope.length * 8; bit++) {
      const byte = bit >>> 3;
      // The name of the key is a hint, which no signature covers.
      if (byte >= keyIdAt - 3 && byte < keyIdAt + 8) continue;
      const changed = envelope.slice();
      changed[byte] ^= 1 << (bit & 7);
      expect(() => {
        expect(read(changed, key, null).isValid).toBe(true);
      }, `bit ${bit}`).toThrow();
    }
  });
});

/** Read with cbor2 and cryptography (Python), too. */
const GOLDEN =
  'd86ba202587d825824822f58207336e8ea6dd8452b41daa5e2434eb1d99415ccf3454adf5dfbfdd4de655df9955854d28443a10132a10448' +
  '21fe31dfa154a261f658405b43a3a9c51591e5d66dbc4ceb0b31b1e2902e92a2f136bdc479879c356e492e22a880f803b66bf6718433946a' +
  '42b00d8e1804b9362c3fd8b827332e4e15850b035872a401010207035865a202818147636972637569740458568614a401500637e301e05d' +
  '505b8267486f5677de9b0250bb5302f7829c5216990703543383de78035824822f582000112233445566778899aabbccddeeff0123456789' +
  'abcdeffedcba98765432100e1987d0010f020f074382030f';

describe('the identifiers of SUIT', () => {
  it('are UUIDs of version 5, of the vendor by its domain, as the draft has that of arm.com', () => {
    expect(uuidText(suitIdentifiers('arm.com', 'x').vendor)).toBe('fa6b4a53-d5ad-5fdf-be9d-e663e4d41ffe');
  });

  it('differ from product to product, board to board and vendor to vendor', () => {
    const classes = [
      suitIdentifiers('acme.example', 'doorbell'),
      suitIdentifiers('acme.example', 'doorbell', 'rp2040'),
      suitIdentifiers('acme.example', 'doorbell', 'stm32f405'),
      suitIdentifiers('acme.example', 'doorbell.rp2040'),
      suitIdentifiers('other.example', 'doorbell'),
    ].map((one) => uuidText(one.class));
    expect(new Set(classes).size).toBe(classes.length);
  });

  it('take a domain name in lower case, and nothing else', () => {
    for (const vendor of ['', 'acme', 'Acme.example', 'acme..example', '-a.example', 'a b.example', 'acme.example.'])
      expect(() => suitIdentifiers(vendor, 'doorbell')).toThrow(
        expect.objectContaining({ code: 'signature.bad-option' }) as Error,
      );
  });
});
