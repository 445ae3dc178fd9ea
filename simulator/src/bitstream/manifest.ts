import { fromHex, toHex } from '../bits/hex.js';
import { badValue } from './frames.js';
import { DIGEST_BYTES, KEY_ID_BYTES, MANIFEST, MANIFEST_CONTEXT, MANIFEST_KIND } from './layout.js';

/** What a signer says of a circuit or of a key table. The caller verifies the signature and decides whom to trust. */
export interface Manifest {
  /** What the firmware was built for, such as `acme-doorbell`. */
  readonly product: string;
  /** The id of the only kind of board that takes it; if absent, every board of the product does. */
  readonly board?: string;
  /** The key that claims to have signed: the first bytes of the SHA-256 of its public half, hexadecimal. */
  readonly keyId: string;
  /** Of a circuit: devices refuse it below the highest confirmed one. Of a key table: its version, which must rise. */
  readonly securityCounter: number;
  /** The oldest firmware that takes it. */
  readonly minimumFirmware: { readonly major: number; readonly minor: number };
  readonly kind: keyof typeof MANIFEST_KIND;
  /** Bytes of the file without its manifest, or of the key table. */
  readonly totalBytes: number;
  /** SHA-256 of all these bytes. */
  readonly digest: Uint8Array;
  /** The signature of Ed25519, 64 bytes, over `manifestMessage`. */
  readonly signature: Uint8Array;
}

/** What a product may be called. */
export const PRODUCT_NAME = /^[a-z0-9.-]{1,32}$/;
/** What a board may be called in a manifest. */
export const MANIFEST_BOARD = /^[a-z0-9-]{1,16}$/;

/** Returns the 164 bytes of a manifest. Its fields must be in range. */
export function encodeManifest(manifest: Manifest): Uint8Array {
  const bytes = new Uint8Array(MANIFEST.size);
  const view = new DataView(bytes.buffer);
  const ascii = new TextEncoder();
  bytes.set(ascii.encode(manifest.product), MANIFEST.product);
  bytes.set(ascii.encode(manifest.board ?? ''), MANIFEST.board);
  bytes.set(fromHex(manifest.keyId), MANIFEST.keyId);
  view.setUint32(MANIFEST.securityCounter, manifest.securityCounter, true);
  view.setUint8(MANIFEST.minimumMajor, manifest.minimumFirmware.major);
  view.setUint8(MANIFEST.minimumMinor, manifest.minimumFirmware.minor);
  view.setUint8(MANIFEST.kind, MANIFEST_KIND[manifest.kind]);
  view.setUint32(MANIFEST.totalBytes, manifest.totalBytes, true);
  bytes.set(manifest.digest, MANIFEST.digest);
  bytes.set(manifest.signature, MANIFEST.signature);
  return bytes;
}

/**
 * Reads the 164 bytes of a manifest. There is one way only to write each.
 * @param at where they begin in their file, for messages
 * @throws FormatError `format.bad-value`
 */
export function decodeManifest(bytes: Uint8Array, at = 0): Manifest {
  const refuse = (offset: number, what: string) => badValue(at + offset, `has a manifest with ${what}`);
  if (bytes.length !== MANIFEST.size) throw refuse(0, `${bytes.length} bytes instead of ${MANIFEST.size}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const product = textAt(bytes, MANIFEST.product, MANIFEST.board);
  if (product === undefined || !PRODUCT_NAME.test(product)) throw refuse(MANIFEST.product, 'no product in it');
  const board = textAt(bytes, MANIFEST.board, MANIFEST.keyId);
  if (board === undefined || (board !== '' && !MANIFEST_BOARD.test(board)))
    throw refuse(MANIFEST.board, 'a board of another form');
  const kind = (['circuit', 'keyTable'] as const).find((name) => MANIFEST_KIND[name] === bytes[MANIFEST.kind]);
  if (kind === undefined) throw refuse(MANIFEST.kind, `the unknown kind ${bytes[MANIFEST.kind]}`);
  if (bytes[MANIFEST.reserved] !== 0) throw refuse(MANIFEST.reserved, 'something in its reserved byte');
  return {
    product,
    ...(board === '' ? {} : { board }),
    keyId: toHex(bytes.subarray(MANIFEST.keyId, MANIFEST.keyId + KEY_ID_BYTES)),
    securityCounter: view.getUint32(MANIFEST.securityCounter, true),
    minimumFirmware: { major: bytes[MANIFEST.minimumMajor], minor: bytes[MANIFEST.minimumMinor] },
    kind,
    totalBytes: view.getUint32(MANIFEST.totalBytes, true),
    digest: bytes.slice(MANIFEST.digest, MANIFEST.digest + DIGEST_BYTES),
    signature: bytes.slice(MANIFEST.signature, MANIFEST.size),
  };
}

/** Returns the message that the signature of a manifest is over. */
export function manifestMessage(manifest: Uint8Array): Uint8Array {
  const context = new TextEncoder().encode(MANIFEST_CONTEXT);
  const message = new Uint8Array(context.length + MANIFEST.signature);
  message.set(context);
  message.set(manifest.subarray(0, MANIFEST.signature), context.length);
  return message;
}

/** The text of a field, without the zeros behind it; undefined where something comes behind a zero. */
function textAt(bytes: Uint8Array, from: number, to: number): string | undefined {
  const text = String.fromCharCode(...bytes.subarray(from, to)).replace(/\0+$/, '');
  return text.includes('\0') ? undefined : text;
}
