import type { KeyObject } from 'node:crypto';
import { toHex } from '@adiabit/simulator/bits';
import { bitstreamDigest, decodeBitstream, plainOf, type Bitstream } from '@adiabit/simulator/bitstream';
import { fingerprint, manifestOf, publicKeyBytes, verifySignature } from '../../signature/index.js';
import type { Desired } from '../contract/board.js';
import { FleetError } from '../errors.js';

/** Whom a gateway trusts, whatever comes over the network. */
export interface SignaturePolicy {
  readonly trustedKeys: readonly KeyObject[];
  /** Whether every circuit must be signed by one of them. */
  readonly requireSignature: boolean;
}

/** Tells whether a circuit needs a signature: because its wish or the gateway says so. */
export const needsSignature = (desired: Desired, { requireSignature }: SignaturePolicy): boolean =>
  requireSignature || desired.signedBy !== undefined;

/**
 * Holds a file to the wish that names it, and to whom the gateway trusts.
 * @throws FormatError when it is no bitstream; FleetError `fleet.other-circuit`, `fleet.unknown-key`; SignatureError as `verifySignature` does
 */
export function checkFile(desired: Desired, file: Uint8Array, policy: SignaturePolicy): Bitstream {
  const contents = decodeBitstream(file);
  const circuit = toHex(bitstreamDigest(plainOf(file)));
  if (circuit !== desired.circuit) {
    const message = `The file that wish ${desired.id} names holds the circuit ${circuit}, not ${desired.circuit}. Make the wish again.`;
    throw new FleetError('other-circuit', message, { circuit, wanted: desired.circuit });
  }
  if (needsSignature(desired, policy)) verifySignature(file, signerOf(desired, file, policy));
  return contents;
}

/** Returns the key that must have signed a file: of those that may, the one that it names. */
function signerOf(desired: Desired, file: Uint8Array, { trustedKeys }: SignaturePolicy): KeyObject {
  const allowed = trustedKeys.filter((key) => desired.signedBy?.includes(idOf(key)) ?? true);
  const named = manifestOf(file)?.keyId;
  const signer = allowed.find((key) => idOf(key) === named) ?? allowed.at(0);
  if (signer !== undefined) return signer;
  const wanted = desired.signedBy?.join(' or ') ?? 'one that it trusts';
  const message = `The circuit must be signed by the key ${wanted}, which this gateway does not know. Start it with that key.`;
  throw new FleetError('unknown-key', message, { wanted });
}

const idOf = (key: KeyObject): string => fingerprint(publicKeyBytes(key));
