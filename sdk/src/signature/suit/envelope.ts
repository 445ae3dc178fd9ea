/**
 * Writes a manifest as a SUIT envelope (information model RFC 9124, draft-ietf-suit-manifest): CBOR in its deterministic encoding (RFC
 * 8949, section 4.2) under a COSE_Sign1 (RFC 9052). It is for tools of a vendor that speak SUIT; a device checks the compact manifest.
 */
import { createHash, sign, type KeyObject } from 'node:crypto';
import { withPackages } from '../../packages/features.js';
import { fingerprint, publicKeyBytes } from '../keys.js';
import type { SuitIdentifiers } from './identifiers.js';

/** What an envelope says. */
export interface SuitFacts {
  readonly identifiers: SuitIdentifiers;
  /** The security counter. */
  readonly sequenceNumber: number;
  /** SHA-256 of the plain circuit, and its length. */
  readonly imageDigest: Uint8Array;
  readonly imageBytes: number;
}

/** The circuit, among the components of a device. */
export const SUIT_COMPONENT = 'circuit';

// Numbers of the draft's CDDL, and of the registries of COSE.
const TAG = { coseSign1: 18, suitEnvelope: 107 } as const;
const ENVELOPE = { authentication: 2, manifest: 3 } as const;
const MANIFEST = { version: 1, sequenceNumber: 2, common: 3, validate: 7 } as const;
const COMMON = { components: 2, sharedSequence: 4 } as const;
const CONDITION = { vendor: 1, class: 2, imageMatch: 3 } as const;
const OVERRIDE_PARAMETERS = 20;
const PARAMETER = { vendor: 1, class: 2, imageDigest: 3, imageSize: 14 } as const;
/** Whoever runs the manifest may send a record of the condition, whether it holds or not. */
const REPORT_ALL = 15;
const HEADER = { algorithm: 1, keyId: 4 } as const;
/** Ed25519 by itself (RFC 9864), which SUIT's algorithms name; EdDSA (-8) leaves the curve open and is deprecated. */
const ED25519 = -19;
const SHA_256 = -16;

/**
 * Returns the envelope. The same key and facts give the same bytes.
 * @throws PackageError `package.not-installed` without `cborg`
 */
export async function suitEnvelope(facts: SuitFacts, privateKey: KeyObject): Promise<Uint8Array> {
  const { encode, rfc8949EncodeOptions, Tagged } = await withPackages('suit', () => import('cborg'));
  const cbor = (value: unknown): Uint8Array => encode(value, rfc8949EncodeOptions);

  const { identifiers, sequenceNumber, imageDigest, imageBytes } = facts;
  const parameters = new Map<number, unknown>([
    [PARAMETER.vendor, identifiers.vendor],
    [PARAMETER.class, identifiers.class],
    [PARAMETER.imageDigest, cbor([SHA_256, imageDigest])],
    [PARAMETER.imageSize, imageBytes],
  ]);
  const shared = [OVERRIDE_PARAMETERS, parameters, CONDITION.vendor, REPORT_ALL, CONDITION.class, REPORT_ALL];
  const common = new Map<number, unknown>([
    [COMMON.components, [[Buffer.from(SUIT_COMPONENT)]]],
    [COMMON.sharedSequence, cbor(shared)],
  ]);
  const manifest = cbor(
    new Map<number, unknown>([
      [MANIFEST.version, 1],
      [MANIFEST.sequenceNumber, sequenceNumber],
      [MANIFEST.common, cbor(common)],
      [MANIFEST.validate, cbor([CONDITION.imageMatch, REPORT_ALL])],
    ]),
  );

  // The digest is of the manifest as it stands in the envelope: wrapped in a byte string. The signature is over that digest.
  const digest = cbor([SHA_256, createHash('sha256').update(cbor(manifest)).digest()]);
  const protectedHeader = cbor(new Map([[HEADER.algorithm, ED25519]]));
  const signature = sign(null, cbor(['Signature1', protectedHeader, new Uint8Array(), digest]), privateKey);
  const keyId = Buffer.from(fingerprint(publicKeyBytes(privateKey)), 'hex');
  const block = cbor(new Tagged(TAG.coseSign1, [protectedHeader, new Map([[HEADER.keyId, keyId]]), null, signature]));
  const envelope = new Map<number, unknown>([
    [ENVELOPE.authentication, cbor([digest, block])],
    [ENVELOPE.manifest, manifest],
  ]);
  return new Uint8Array(cbor(new Tagged(TAG.suitEnvelope, envelope)));
}
