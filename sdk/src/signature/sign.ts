import { sign, verify, type KeyObject } from 'node:crypto';
import { signWith, signatureOf } from '@adiabit/simulator/bitstream';
import { SignatureError } from './errors.js';
import { fingerprint, publicKeyBytes } from './keys.js';

/**
 * Returns the bitstream with the signature of `privateKey` in it, in place of one that it had. The same key gives the
 * same bytes.
 * @throws FormatError when the bytes are no bitstream.
 */
export const signBitstream = (bytes: Uint8Array, privateKey: KeyObject): Uint8Array =>
  signWith(bytes, publicKeyBytes(privateKey), (message) => sign(null, message, privateKey));

/**
 * Holds a bitstream to a key that is trusted, and gives the key's fingerprint.
 * @throws FormatError when the bytes are no bitstream; SignatureError `signature.missing` when nobody signed it,
 * `signature.other-key` when another key did, `signature.invalid` when it was changed after it was signed.
 */
export function verifySignature(bytes: Uint8Array, trustedKey: KeyObject): string {
  const found = signatureOf(bytes);
  const trusted = publicKeyBytes(trustedKey);
  const trustedName = fingerprint(trusted);
  if (!found) {
    throw new SignatureError(
      'missing',
      `The bitstream is not signed; key ${trustedName} is asked for. Sign it with "adiabit sign", or take the file from the owner of that key.`,
      { trusted: trustedName },
    );
  }
  if (Buffer.compare(found.publicKey, trusted) !== 0) {
    const signer = fingerprint(found.publicKey);
    throw new SignatureError(
      'other-key',
      `The bitstream names key ${signer} as its signer, not ${trustedName}. Do not use it unless you trust that key.`,
      { signer, trusted: trustedName },
    );
  }
  if (!verify(null, found.message, trustedKey, found.signature)) {
    throw new SignatureError(
      'invalid',
      `The signature of key ${trustedName} does not belong to this bitstream: it was changed after it was signed. Do not use it.`,
      { trusted: trustedName },
    );
  }
  return trustedName;
}
