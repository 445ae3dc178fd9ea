/** Writes private keys under a passphrase, as PKCS #8 (RFC 5958) with PBES2 (RFC 8018), scrypt (RFC 7914) and AES-256. */
import { createCipheriv, randomBytes, scryptSync, type KeyObject } from 'node:crypto';

/**
 * 16 MiB for every guess: the most memory that OpenSSL allows when it reads, and so many turns
 * as OWASP's list of 2023 asks with that much.
 */
const COST = { N: 16_384, r: 8, p: 5 } as const;
const KEY_BYTES = 32;
const SALT_BYTES = 16;
const BLOCK_BYTES = 16;
const LINE_CHARACTERS = 64;

const TAG = { integer: 0x02, octets: 0x04, object: 0x06, sequence: 0x30 } as const;
/** 1.2.840.113549.1.5.13, 1.3.6.1.4.1.11591.4.11 and 2.16.840.1.101.3.4.1.42. */
const OBJECT = { pbes2: '2a864886f70d01050d', scrypt: '2b06010401da47040b', aes256Cbc: '60864801650304012a' } as const;

/**
 * Returns a private key under a passphrase, in PEM. OpenSSL reads it too.
 * @param random gives so many bytes for the salt and the first block; tests alone pass another source
 */
export function encryptPrivateKey(key: KeyObject, passphrase: string, random = randomBytes): string {
  const [salt, start] = [random(SALT_BYTES), random(BLOCK_BYTES)];
  const cipher = createCipheriv('aes-256-cbc', scryptSync(passphrase, salt, KEY_BYTES, COST), start);
  const secret = key.export({ type: 'pkcs8', format: 'der' });
  const encrypted = Buffer.concat([cipher.update(secret), cipher.final()]);
  secret.fill(0);
  const numbers = [COST.N, COST.r, COST.p].map(integer);
  const derivation = sequence(object(OBJECT.scrypt), sequence(element(TAG.octets, salt), ...numbers));
  const encryption = sequence(object(OBJECT.aes256Cbc), element(TAG.octets, start));
  const algorithm = sequence(object(OBJECT.pbes2), sequence(derivation, encryption));
  return inPem('ENCRYPTED PRIVATE KEY', sequence(algorithm, element(TAG.octets, encrypted)));
}

function inPem(label: string, der: Uint8Array): string {
  const text = Buffer.from(der).toString('base64');
  const lines = text.match(new RegExp(`.{1,${LINE_CHARACTERS}}`, 'g')) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

/** Writes an element of DER (X.690) of less than 256 bytes, which is all that is needed here. */
function element(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(parts);
  const length = content.length < 0x80 ? [content.length] : [0x81, content.length];
  return Buffer.concat([Uint8Array.of(tag, ...length), content]);
}

const sequence = (...parts: readonly Uint8Array[]): Uint8Array => element(TAG.sequence, ...parts);
const object = (hexadecimal: string): Uint8Array => element(TAG.object, Buffer.from(hexadecimal, 'hex'));

/** Writes a number below 2^15. */
const integer = (value: number): Uint8Array =>
  element(TAG.integer, value < 0x80 ? Uint8Array.of(value) : Uint8Array.of(value >>> 8, value & 0xff));
