import type { KeyObject } from 'node:crypto';
import { SignatureError } from '../errors.js';
import { manifestOf } from '../sign.js';
import { suitEnvelope } from './envelope.js';
import { suitIdentifiers } from './identifiers.js';

/**
 * Returns what the manifest of a signed bitstream says as a SUIT envelope. Its image is the circuit as devices store it, without the
 * manifest.
 * @param vendor the domain name of whoever makes the product
 * @throws SignatureError `signature.missing` for a bitstream without a manifest, `signature.bad-option` for no domain name; as {@link
 * suitEnvelope} does
 */
export function suitOf(signed: Uint8Array, privateKey: KeyObject, vendor: string): Promise<Uint8Array> {
  const manifest = manifestOf(signed);
  if (manifest === undefined) throw new SignatureError('missing', 'The bitstream is not signed: sign it first.');
  const { product, board, securityCounter, digest, totalBytes } = manifest;
  return suitEnvelope(
    {
      identifiers: suitIdentifiers(vendor, product, board),
      sequenceNumber: securityCounter,
      imageDigest: digest,
      imageBytes: totalBytes,
    },
    privateKey,
  );
}
