import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { SignatureError } from './errors.js';
import { isPoint, isWeak } from './points.js';

/** Both halves of a key as PEM text, which OpenSSL reads too: PKCS #8 and SubjectPublicKeyInfo. */
export interface KeyPair {
  /** Its holder can sign. */
  readonly privateKey: string;
  readonly publicKey: string;
}

/** What stands before the 32 bytes of a key in its 44 bytes of SubjectPublicKeyInfo (RFC 8410). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const PUBLIC_KEY_BYTES = 32;
const ID_BYTES = 8;
const MAKE_ONE = 'Make one with "adiabit key new".';

/** Returns a new Ed25519 key (RFC 8032) from the system's randomness. */
export const generateKeys = (): KeyPair =>
  generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });

/** Tells whether PEM text has a private key, under a passphrase or not. */
export const hasPrivateKey = (pem: string): boolean => pem.includes('PRIVATE KEY');

/** Tells whether PEM text is a private key under a passphrase. */
export const isEncrypted = (pem: string): boolean => pem.includes('ENCRYPTED');

/**
 * Reads a private key.
 * @param passphrase of one that is encrypted
 * @throws SignatureError `signature.bad-key` when the text is no Ed25519 private key in PEM, `signature.bad-passphrase` when the
 * passphrase is another, or none was given
 */
export function readPrivateKey(pem: string, passphrase?: string): KeyObject {
  if (!isEncrypted(pem)) return checked(() => createPrivateKey(pem));
  if (passphrase === undefined)
    throw new SignatureError('bad-passphrase', 'The private key is under a passphrase, and none was given.');
  try {
    return checked(() => createPrivateKey({ key: pem, passphrase }));
  } catch (error) {
    if (error instanceof SignatureError && error.cause === undefined) throw error;
    const message = 'The private key cannot be opened: the passphrase is another one, or the file is damaged.';
    throw new SignatureError('bad-passphrase', message, {}, error);
  }
}

/**
 * Takes no private key: where a public one is asked for, the secret half has no business.
 * @throws SignatureError `signature.bad-key` when the text is anything but one Ed25519 public key in PEM, or one that anybody can
 * sign for, or nobody
 */
export function readPublicKey(pem: string): KeyObject {
  if (hasPrivateKey(pem)) {
    throw new SignatureError(
      'bad-key',
      'This is a private key where a public one is asked for. Give the .pub file that "adiabit key new" has put beside it.',
    );
  }
  const blocks = [...pem.matchAll(/-----BEGIN ([^-]*)-----([^-]*)-----END \1-----/g)];
  const [[, label, body] = []] = blocks;
  if (blocks.length !== 1 || pem.split('-----BEGIN ').length !== 2 || label !== 'PUBLIC KEY')
    throw new SignatureError('bad-key', `This is no public key in PEM, or more than one. ${MAKE_ONE}`);
  const der = /^[A-Za-z0-9+/=\s]+$/.test(body) ? Buffer.from(body, 'base64') : Buffer.of();
  if (
    der.length !== SPKI_PREFIX.length + PUBLIC_KEY_BYTES ||
    !der.subarray(0, SPKI_PREFIX.length).equals(SPKI_PREFIX)
  ) {
    const actual = kindOf(pem);
    const message = `This is a public key, but none of Ed25519${actual === undefined ? '' : `: this one is ${actual}`}. ${MAKE_ONE}`;
    throw new SignatureError('bad-key', message, actual === undefined ? {} : { actual });
  }
  return publicKeyOf(der.subarray(SPKI_PREFIX.length));
}

/** Returns the kind of a public key as far as it is any. */
function kindOf(pem: string): string | undefined {
  try {
    const { asymmetricKeyType } = createPublicKey(pem);
    return asymmetricKeyType === 'ed25519' ? undefined : asymmetricKeyType;
  } catch {
    return undefined;
  }
}

/** Returns the private key that `create` reads, if it is one of Ed25519. */
function checked(create: () => KeyObject): KeyObject {
  let key: KeyObject;
  try {
    key = create();
  } catch (error) {
    throw new SignatureError('bad-key', `This is no private key in PEM. ${MAKE_ONE}`, {}, error);
  }
  if (key.asymmetricKeyType === 'ed25519') return key;
  const actual = key.asymmetricKeyType ?? 'another';
  throw new SignatureError('bad-key', `Keys are Ed25519, this one is ${actual}. ${MAKE_ONE}`, { actual });
}

/**
 * Returns the key of 32 bytes, as a bitstream or a header names it. Nobody vouches for it.
 * @throws SignatureError `signature.bad-key` for one that anybody can sign for, or nobody
 */
export function publicKeyOf(bytes: Uint8Array): KeyObject {
  if (isWeak(bytes))
    throw new SignatureError('bad-key', `This key protects nothing: anybody can sign for it. ${MAKE_ONE}`);
  if (!isPoint(bytes))
    throw new SignatureError('bad-key', `This key is no point of the curve: nobody can sign for it. ${MAKE_ONE}`);
  const x = Buffer.from(bytes).toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}

/** Returns the 32 bytes of the public half. */
export const publicKeyBytes = (key: KeyObject): Uint8Array => {
  const { x } = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'jwk' });
  return new Uint8Array(Buffer.from(x ?? '', 'base64url'));
};

/** Returns a short name of a public key for people, its id in manifests: the start of its SHA-256. */
export const fingerprint = (publicKey: Uint8Array): string => fullFingerprint(publicKey).slice(0, 2 * ID_BYTES);

/** Returns the whole SHA-256 of a public key. */
export const fullFingerprint = (publicKey: Uint8Array): string => createHash('sha256').update(publicKey).digest('hex');
