import { createHash, sign, verify, type KeyObject } from 'node:crypto';
import {
  bitstreamDigest,
  decodeManifest,
  encodeManifest,
  MANIFEST_BOARD,
  manifestBytesOf,
  manifestMessage,
  plainOf,
  PRODUCT_NAME,
  withManifest,
  type Manifest,
} from '@adiabit/simulator/bitstream';
import { SignatureError } from './errors.js';
import { encodeKeyTable } from './key-table.js';
import { fingerprint, publicKeyBytes } from './keys.js';

/** What a signer says of a circuit. */
export interface SigningOptions {
  /** What the firmware was built for: 1 to 32 of a to z, 0 to 9, dot and hyphen, such as `acme-doorbell`. */
  readonly product: string;
  /** The id of the only kind of board that takes it (every board of the product). */
  readonly board?: string;
  /** Devices that have confirmed a higher one refuse it: raise it when older circuits must not come back. */
  readonly securityCounter: number;
  /** The oldest firmware that takes it (any). */
  readonly minimumFirmware?: { readonly major: number; readonly minor: number };
}

/** What a signer says of a key table: as of a circuit, but its number is the version of the table. */
export type KeyTableOptions = Omit<SigningOptions, 'securityCounter'> & { readonly tableVersion: number };

/**
 * Returns the bitstream with a manifest signed by `privateKey`, in place of one that it had. The same key and options give the
 * same bytes.
 * @throws FormatError when the bytes are no bitstream; SignatureError `signature.bad-option`
 */
export function signBitstream(bytes: Uint8Array, privateKey: KeyObject, options: SigningOptions): Uint8Array {
  const plain = plainOf(bytes);
  const contents = { kind: 'circuit', totalBytes: plain.length, digest: bitstreamDigest(plain) } as const;
  return withManifest(plain, signed({ ...contents, ...options }, privateKey));
}

/**
 * Returns what the request `keys` carries: a manifest signed by `privateKey`, then the table of the keys which a device of the product
 * trusts from then on. It takes the table when it trusts that key, and none of its version or a later one.
 * @param publicKeys 1 to 4 of them, no two the same
 * @throws SignatureError `signature.bad-option`
 */
export function signKeyTable(
  publicKeys: readonly KeyObject[],
  privateKey: KeyObject,
  { tableVersion, ...options }: KeyTableOptions,
): Uint8Array {
  const table = encodeKeyTable(publicKeys);
  const digest = new Uint8Array(createHash('sha256').update(table).digest());
  const contents = { kind: 'keyTable', totalBytes: table.length, digest, securityCounter: tableVersion } as const;
  return new Uint8Array(Buffer.concat([signed({ ...contents, ...options }, privateKey), table]));
}

/**
 * Returns the manifest of a bitstream as it stands there; undefined when nobody signed it. Nobody has verified it.
 * @throws FormatError when the bytes are no bitstream, or the manifest has another form
 */
export function manifestOf(bytes: Uint8Array): Manifest | undefined {
  const manifest = manifestBytesOf(bytes);
  return manifest && decodeManifest(manifest);
}

/**
 * Holds a bitstream to a key that is trusted, and gives the key's fingerprint.
 * @throws FormatError when the bytes are no bitstream; SignatureError `signature.missing` when nobody signed it,
 * `signature.other-key` when another key did, `signature.invalid` when it was changed after it was signed.
 */
export function verifySignature(bytes: Uint8Array, trustedKey: KeyObject): string {
  const trusted = fingerprint(publicKeyBytes(trustedKey));
  const found = manifestBytesOf(bytes);
  if (!found) {
    throw new SignatureError(
      'missing',
      `The bitstream is not signed; key ${trusted} is asked for. Sign it with "adiabit sign", or take the file from the owner of that key.`,
      { trusted },
    );
  }
  const manifest = decodeManifest(found);
  if (manifest.keyId !== trusted) {
    throw new SignatureError(
      'other-key',
      `The bitstream names key ${manifest.keyId} as its signer, not ${trusted}. Do not use it unless you trust that key.`,
      { signer: manifest.keyId, trusted },
    );
  }
  const holds = verify(null, manifestMessage(found), trustedKey, manifest.signature);
  if (holds && namesFile(manifest, bytes)) return trusted;
  throw new SignatureError(
    'invalid',
    `The signature of key ${trusted} does not belong to this bitstream: it was changed after it was signed. Do not use it.`,
    { trusted },
  );
}

/** Tells whether a manifest names the bitstream that it is in. Who has signed it is another question, for which a key is needed. */
export function namesFile({ kind, totalBytes, digest }: Manifest, bytes: Uint8Array): boolean {
  const plain = plainOf(bytes);
  return kind === 'circuit' && totalBytes === plain.length && Buffer.compare(digest, bitstreamDigest(plain)) === 0;
}

type Contents = Pick<Manifest, 'kind' | 'totalBytes' | 'digest'> & SigningOptions;

/** Returns the manifest of some contents, signed. */
function signed(contents: Contents, privateKey: KeyObject): Uint8Array {
  checkOptions(contents);
  const manifest: Manifest = {
    ...contents,
    minimumFirmware: contents.minimumFirmware ?? { major: 0, minor: 0 },
    keyId: fingerprint(publicKeyBytes(privateKey)),
    signature: new Uint8Array(64),
  };
  const signature = sign(null, manifestMessage(encodeManifest(manifest)), privateKey);
  return encodeManifest({ ...manifest, signature });
}

const isWithin = (value: number, most: number): boolean => Number.isInteger(value) && value >= 0 && value <= most;

function checkOptions({ product, board, securityCounter, minimumFirmware, kind }: Contents): void {
  const refuse = (message: string, details: Readonly<Record<string, string | number>>) =>
    new SignatureError('bad-option', `${message} Nothing was signed.`, details);
  if (!PRODUCT_NAME.test(product))
    throw refuse(`A product is named by 1 to 32 of a to z, 0 to 9, dot and hyphen, not "${product}".`, { product });
  if (board !== undefined && !MANIFEST_BOARD.test(board))
    throw refuse(`A board is named by its id of 1 to 16 characters, such as rp2040, not "${board}".`, { board });
  const least = kind === 'keyTable' ? 1 : 0;
  if (!isWithin(securityCounter, 0xffff_ffff) || securityCounter < least) {
    const what = kind === 'keyTable' ? 'A table version' : 'A security counter';
    throw refuse(`${what} is a whole number from ${least} to 4294967295, not ${securityCounter}.`, { securityCounter });
  }
  const { major, minor } = minimumFirmware ?? { major: 0, minor: 0 };
  if (!isWithin(major, 255) || !isWithin(minor, 255))
    throw refuse(`A version of firmware is two numbers from 0 to 255, not ${major}.${minor}.`, { major, minor });
}
