import { createHash } from 'node:crypto';

/** Returns the SHA-256 of bytes or text, hexadecimal. */
export const digestOf = (content: Uint8Array | string): string => createHash('sha256').update(content).digest('hex');

/** Returns the SHA-256 of a JSON value, whatever the order of its keys. */
export const digestOfValue = (value: unknown): string => digestOf(JSON.stringify(value, inOrder));

const inOrder = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)))
    : value;
