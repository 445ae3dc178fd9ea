/** What files say of keys, for people and as data. Private halves are no part of it. */
import type { KeyObject } from 'node:crypto';
import { decodeManifest, layout, type Manifest } from '@adiabit/simulator/bitstream';
import {
  fingerprint,
  fullFingerprint,
  manifestOf,
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

/** What a manifest claims. The key that it names is known by its id alone. */
type Claim = Pick<Manifest, 'product' | 'board' | 'securityCounter' | 'minimumFirmware' | 'keyId'>;

export interface Shown {
  readonly kind: 'private key' | 'public key' | 'header' | 'signed key table' | 'signed bitstream';
  /** What it is for, in a sentence. */
  readonly purpose: string;
  readonly keys: readonly KeyNames[];
  /** Whether a private key is under a passphrase. */
  readonly isEncrypted?: boolean;
  readonly product?: string;
  /** If absent, nobody signed it. */
  readonly claim?: Claim;
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

const NOT_CHECKED = 'what it says, nobody has checked here: "adiabit verify" with the .pub file does';

export function bitstreamShown(bytes: Uint8Array): Shown {
  const manifest = manifestOf(bytes);
  if (manifest === undefined)
    throw new SignatureError('missing', 'The bitstream is not signed: it names no key. Sign it with "adiabit sign".');
  return { kind: 'signed bitstream', purpose: NOT_CHECKED, keys: [], claim: claimOf(manifest) };
}

/** Tells whether bytes are a signed table of keys, by their length and their manifest. */
export function isKeyTable(bytes: Uint8Array): boolean {
  const [manifestBytes, table] = partsOf(bytes);
  try {
    return decodeManifest(manifestBytes).kind === 'keyTable' && table.length === 1 + layout.KEY_BYTES * table[0];
  } catch {
    return false;
  }
}

export function keyTableShown(bytes: Uint8Array): Shown {
  const [manifestBytes, table] = partsOf(bytes);
  const keys = Array.from({ length: table[0] }, (_, index) =>
    publicKeyOf(table.subarray(1 + layout.KEY_BYTES * index, 1 + layout.KEY_BYTES * (index + 1))),
  );
  return {
    kind: 'signed key table',
    purpose: 'a device that trusts its signer trusts these keys alone from then on; the device checks that',
    keys: keys.map((key) => namesOf(publicKeyBytes(key))),
    claim: claimOf(decodeManifest(manifestBytes)),
  };
}

const partsOf = (bytes: Uint8Array): readonly [manifest: Uint8Array, table: Uint8Array] => [
  bytes.subarray(0, layout.MANIFEST.size),
  bytes.subarray(layout.MANIFEST.size),
];

const claimOf = ({ product, board, securityCounter, minimumFirmware, keyId }: Manifest): Claim => ({
  product,
  ...(board === undefined ? {} : { board }),
  securityCounter,
  minimumFirmware,
  keyId,
});

/** Puts it into lines. */
export function shownText(file: string, { kind, purpose, keys, isEncrypted, product, claim }: Shown): string {
  const title = isEncrypted === undefined ? kind : `${kind}, ${isEncrypted ? 'under a passphrase' : 'not encrypted'}`;
  const rows: (readonly [string, string])[] = [
    ['is for', purpose],
    ...(product === undefined ? [] : [['product', product] as const]),
    ...(claim === undefined ? [] : claimRows(kind, claim)),
    ...keys.flatMap(({ id, fingerprint: digest }) => [
      ['key', id] as const,
      ['fingerprint', `SHA-256 ${digest}`] as const,
    ]),
  ];
  return `${file}: ${title}\n${table(rows)}`;
}

function claimRows(
  kind: Shown['kind'],
  { product, board, securityCounter, minimumFirmware: { major, minor }, keyId }: Claim,
): readonly (readonly [string, string])[] {
  return [
    ['signed by', `key ${keyId}, as it says`],
    ['product', `${product}, ${board === undefined ? 'every board' : `${board} alone`}`],
    [kind === 'signed key table' ? 'version' : 'counter', securityCounter.toString()],
    ...(major === 0 && minor === 0 ? [] : [['firmware', `${major}.${minor} or newer`] as const]),
  ];
}
