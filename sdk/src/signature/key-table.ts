import type { KeyObject } from 'node:crypto';
import { layout } from '@adiabit/simulator/bitstream';
import { SignatureError } from './errors.js';
import { publicKeyBytes, publicKeyOf } from './keys.js';

/**
 * Returns the bytes of a key table: how many keys, then the keys.
 * @throws SignatureError `signature.bad-option` for none, more than 4, or one twice; `signature.bad-key` for one that anybody can sign for
 */
export function encodeKeyTable(publicKeys: readonly KeyObject[]): Uint8Array {
  const keys = publicKeys.map((key) => Buffer.from(publicKeyBytes(publicKeyOf(publicKeyBytes(key)))));
  const distinct = new Set(keys.map((key) => key.toString('hex')));
  if (keys.length === 0 || keys.length > layout.MAX_KEYS || distinct.size !== keys.length) {
    throw new SignatureError(
      'bad-option',
      `A key table has 1 to ${layout.MAX_KEYS} keys, no two of them the same; these are ${keys.length}, of them ${distinct.size} different.`,
      { keys: keys.length, different: distinct.size },
    );
  }
  return new Uint8Array(Buffer.concat([Uint8Array.of(keys.length), ...keys]));
}
