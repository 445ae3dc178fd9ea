/** The header with the keys that firmware trusts: what a build takes with KEYS. */
import type { KeyObject } from 'node:crypto';
import { SignatureError } from './errors.js';
import { encodeKeyTable } from './key-table.js';
import { fingerprint, fullFingerprint, publicKeyBytes, publicKeyOf } from './keys.js';
import { checkProduct } from './manifest-fields.js';

/** What firmware is built for. */
export interface TrustedKeys {
  /** Manifests of other products are refused. */
  readonly product: string;
  /** From 1 to 4, each once. */
  readonly keys: readonly KeyObject[];
}

const BYTES_A_LINE = 8;

/**
 * Writes the header of firmware that trusts these keys.
 * @throws SignatureError `signature.bad-option` for no name of a product; as {@link encodeKeyTable} does
 */
export function trustedKeysHeader({ product, keys }: TrustedKeys): string {
  checkProduct(product);
  // The same keys make a table that a device takes later.
  encodeKeyTable(keys);
  const public32 = keys.map(publicKeyBytes);
  return `/* The keys that the firmware of a product trusts: written by "adiabit key header", not by hand. */
#ifndef ADIABIT_TRUSTED_KEYS_H
#define ADIABIT_TRUSTED_KEYS_H

#include <stdint.h>

#define ADIABIT_PRODUCT "${product}"
#define ADIABIT_TRUSTED_KEY_COUNT ${keys.length}

static const uint8_t adiabit_trusted_keys[ADIABIT_TRUSTED_KEY_COUNT][32] = {
${public32.map(entryOf).join('\n')}
};

#endif
`;
}

function entryOf(key: Uint8Array): string {
  const bytes = [...key].map((byte) => `0x${byte.toString(16).padStart(2, '0')},`);
  const lines = Array.from({ length: bytes.length / BYTES_A_LINE }, (_, line) =>
    bytes.slice(line * BYTES_A_LINE, (line + 1) * BYTES_A_LINE).join(' '),
  );
  return [
    `    /* id ${fingerprint(key)}`,
    `       SHA-256 ${fullFingerprint(key)} */`,
    `    {${lines.join('\n     ').replace(/,$/, '')}},`,
  ].join('\n');
}

/** Tells whether text is such a header. */
export const isTrustedKeysHeader = (text: string): boolean => text.includes('adiabit_trusted_keys[');

/**
 * Reads such a header.
 * @throws SignatureError `signature.bad-option` for one that {@link trustedKeysHeader} would not have written
 */
export function readTrustedKeysHeader(text: string): TrustedKeys {
  const product = /#define ADIABIT_PRODUCT "([^"]*)"/.exec(text)?.[1] ?? '';
  const bytes = [...text.matchAll(/\b0x([0-9a-f]{2})\b/g)].map(([, digits]) => Number.parseInt(digits, 16));
  const keys = Array.from({ length: bytes.length / 32 }, (_, index) =>
    publicKeyOf(Uint8Array.from(bytes.slice(32 * index, 32 * (index + 1)))),
  );
  const trusted = { product, keys };
  if (trustedKeysHeader(trusted) === text.replaceAll('\r\n', '\n')) return trusted;
  const message = 'This header is not as "adiabit key header" writes it. Write it anew from the .pub files.';
  throw new SignatureError('bad-option', message);
}
