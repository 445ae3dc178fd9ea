import { createHash } from 'node:crypto';

/** The name space of domain names (RFC 9562, section 6.6). */
export const DOMAIN_NAMES = Buffer.from('6ba7b8109dad11d180b400c04fd430c8', 'hex');
const UUID_BYTES = 16;

/** Returns the UUID of a name in a name space: version 5 (RFC 9562, section 5.5), 16 bytes. */
export function uuidOf(space: Uint8Array, name: string): Uint8Array {
  const bytes = createHash('sha1').update(space).update(name, 'utf8').digest().subarray(0, UUID_BYTES);
  bytes[6] = (bytes[6] & 0x0f) | 0x50;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return new Uint8Array(bytes);
}

/** Writes a UUID as people read it. */
export const uuidText = (uuid: Uint8Array): string =>
  Buffer.from(uuid)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
