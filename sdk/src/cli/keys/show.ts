/** What files say of keys, for people and as data. Private halves are no part of it. */
import type { KeyObject } from 'node:crypto';
import { signatureOf } from '@adiabit/simulator/bitstream';
import {
  fingerprint,
  fullFingerprint,
  publicKeyBytes,
  publicKeyOf,
  readPublicKey,
  readTrustedKeysHeader,
  SignatureError,
} from '../../signature/index.js';
import { table } from '../../text/format.js';

/** A key by its names. */
export interface KeyNames {
  /** The first 8 bytes of the fingerprint, hexadecimal: what manifests and devices say. */
  readonly id: string;
  /** SHA-256 of the 32 bytes of the public key. */
  readonly fingerprint: string;
}

export interface Shown {
  readonly kind: 'private key' | 'public key' | 'header' | 'signed bitstream';
  /** What it is for, in a sentence. */
  readonly purpose: string;
  readonly keys: readonly KeyNames[];
  /** Whether a private key is under a passphrase. */
  readonly isEncrypted?: boolean;
  readonly product?: string;
}

const namesOf = (publicKey: Uint8Array): KeyNames => ({
  id: fingerprint(publicKey),
  fingerprint: fullFingerprint(publicKey),
});

export const privateKeyShown = (key: KeyObject, isEncrypted: boolean): Shown => ({
  kind: 'private key',
  purpose: 'signs circuits and tables of keys; whoever has it decides what the devices that trust it run',
  keys: [namesOf(publicKeyBytes(key))],
  isEncrypted,
});

export const publicKeyShown = (pem: string): Shown => ({
  kind: 'public key',
  purpose: 'checks what the private key of the same id has signed; it is no secret',
  keys: [namesOf(publicKeyBytes(readPublicKey(pem)))],
});

export function headerShown(text: string): Shown {
  const { product, keys } = readTrustedKeysHeader(text);
  return {
    kind: 'header',
    purpose: 'a build with it makes firmware that runs only what one of these keys has signed for the product',
    keys: keys.map((key) => namesOf(publicKeyBytes(key))),
    product,
  };
}

export function bitstreamShown(bytes: Uint8Array): Shown {
  const signature = signatureOf(bytes);
  if (signature === undefined)
    throw new SignatureError('missing', 'The bitstream is not signed: it names no key. Sign it with "adiabit sign".');
  return {
    kind: 'signed bitstream',
    purpose: 'names the key that is said to have signed it; "adiabit verify" with the .pub file checks that',
    keys: [namesOf(publicKeyBytes(publicKeyOf(signature.publicKey)))],
  };
}

/** Puts it into lines. */
export function shownText(file: string, { kind, purpose, keys, isEncrypted, product }: Shown): string {
  const title = isEncrypted === undefined ? kind : `${kind}, ${isEncrypted ? 'under a passphrase' : 'not encrypted'}`;
  const rows: (readonly [string, string])[] = [
    ['is for', purpose],
    ...(product === undefined ? [] : [['product', product] as const]),
    ...keys.flatMap(({ id, fingerprint: digest }) => [
      ['key', id] as const,
      ['fingerprint', `SHA-256 ${digest}`] as const,
    ]),
  ];
  return `${file}: ${title}\n${table(rows)}`;
}
