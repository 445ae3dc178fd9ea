import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { SignatureError } from './errors.js';

/** Both halves of a key as PEM text, which OpenSSL reads too: PKCS #8 and SubjectPublicKeyInfo. */
export interface KeyPair {
  /** Its holder can sign. */
  readonly privateKey: string;
  readonly publicKey: string;
}

/** Returns a new Ed25519 key (RFC 8032) from the system's randomness. */
export const generateKeys = (): KeyPair =>
  generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });

/** Reads a private key. @throws SignatureError `signature.bad-key` when the text is no Ed25519 private key in PEM. */
export const readPrivateKey = (pem: string): KeyObject => readKey(pem, 'private', createPrivateKey);

/**
 * Takes no private key: where a public one is asked for, the secret half has no business.
 * @throws SignatureError `signature.bad-key` when the text is no Ed25519 public key in PEM, or one that anybody can
 * sign for.
 */
export function readPublicKey(pem: string): KeyObject {
  if (pem.includes('PRIVATE KEY')) {
    throw new SignatureError(
      'bad-key',
      'This is a private key where a public one is asked for. Give the .pub file that "adiabit keygen" has put beside it.',
    );
  }
  const key = readKey(pem, 'public', createPublicKey);
  if (isWeak(publicKeyBytes(key))) throw weakKey();
  return key;
}

const weakKey = (): SignatureError =>
  new SignatureError('bad-key', 'This key protects nothing: anybody can sign for it. Make one with "adiabit keygen".');

/**
 * Points of small order, as they are encoded with a positive sign: 0, 1, -1, two of order 8, and 0 and 1 as p and p +
 * 1.
 */
const WEAK_KEYS = new Set([
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  `ec${'ff'.repeat(30)}7f`,
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
]);

function isWeak(publicKey: Uint8Array): boolean {
  const unsigned = Buffer.from(publicKey);
  unsigned[31] &= 0x7f;
  return WEAK_KEYS.has(unsigned.toString('hex'));
}

function readKey(pem: string, half: 'private' | 'public', create: (pem: string) => KeyObject): KeyObject {
  let key: KeyObject;
  try {
    key = create(pem);
  } catch (error) {
    throw new SignatureError('bad-key', `This is no ${half} key in PEM. Make one with "adiabit keygen".`, {}, error);
  }
  if (key.asymmetricKeyType === 'ed25519') return key;
  const actual = key.asymmetricKeyType ?? 'another';
  throw new SignatureError('bad-key', `Keys are Ed25519, this one is ${actual}. Make one with "adiabit keygen".`, {
    actual,
  });
}

/**
 * Returns the key of 32 bytes, as a bitstream names it. Nobody vouches for it.
 * @throws SignatureError `signature.bad-key` for one that anybody can sign for
 */
export function publicKeyOf(bytes: Uint8Array): KeyObject {
  if (isWeak(bytes)) throw weakKey();
  const x = Buffer.from(bytes).toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}

/** Returns the 32 bytes of the public half. */
export const publicKeyBytes = (key: KeyObject): Uint8Array => {
  const { x } = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'jwk' });
  return new Uint8Array(Buffer.from(x ?? '', 'base64url'));
};

/** Returns a short name of a public key for people: the start of its SHA-256. */
export const fingerprint = (publicKey: Uint8Array): string =>
  createHash('sha256').update(publicKey).digest('hex').slice(0, 16);
