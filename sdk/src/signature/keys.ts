import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { SignatureError } from './errors.js';

/** Both halves of a key as PEM text, which OpenSSL reads too: PKCS #8 and SubjectPublicKeyInfo. */
export interface KeyPair {
  /** Whoever has it can sign. */
  readonly privateKey: string;
  readonly publicKey: string;
}

/** A new Ed25519 key (RFC 8032) from the system's randomness. */
export const generateKeys = (): KeyPair =>
  generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });

/** @throws SignatureError `signature.bad-key` when the text is no Ed25519 private key in PEM. */
export const readPrivateKey = (pem: string): KeyObject => readKey(pem, 'private', createPrivateKey);

/** Takes a private key too, for its public half. @throws SignatureError `signature.bad-key` */
export const readPublicKey = (pem: string): KeyObject => readKey(pem, 'public', createPublicKey);

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

/** The 32 bytes of the public half. */
export const publicKeyBytes = (key: KeyObject): Uint8Array => {
  const { x } = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'jwk' });
  return new Uint8Array(Buffer.from(x ?? '', 'base64url'));
};

/** A short name of a public key for people: the start of its SHA-256. */
export const fingerprint = (publicKey: Uint8Array): string =>
  createHash('sha256').update(publicKey).digest('hex').slice(0, 16);
