/**
 * Consistent Overhead Byte Stuffing (Cheshire and Baker, IEEE/ACM Transactions on Networking 7(2), 1999): the same
 * bytes without a zero, one byte longer for every started block of 254.
 *
 * A block is a code byte n (1..255) and n - 1 bytes that are not zero. It stands for those bytes and, unless n is 255
 * or the block is the last one, for one zero after them.
 */

const FULL_BLOCK = 0xff;

/** Returns the largest number of bytes that `length` bytes can take encoded. */
export const cobsMaximumBytes = (length: number): number => length + 1 + Math.floor(length / (FULL_BLOCK - 1));

/** Encodes any bytes; the result holds no zero and is never empty. */
export function cobsEncode(bytes: Uint8Array): Uint8Array {
  const encoded = new Uint8Array(cobsMaximumBytes(bytes.length));
  let codeAt = 0;
  let at = 1;
  const endBlock = (): void => {
    encoded[codeAt] = at - codeAt;
    codeAt = at++;
  };
  bytes.forEach((byte, index) => {
    if (byte !== 0) encoded[at++] = byte;
    const full = at - codeAt === FULL_BLOCK && index < bytes.length - 1;
    if (byte === 0 || full) endBlock();
  });
  encoded[codeAt] = at - codeAt;
  return encoded.slice(0, at);
}

/** Decodes one frame (without its delimiter); undefined when the bytes cannot have come from an encoder. */
export function cobsDecode(encoded: Uint8Array): Uint8Array | undefined {
  const decoded = new Uint8Array(encoded.length);
  let length = 0;
  let at = 0;
  while (at < encoded.length) {
    const code = encoded[at];
    const next = at + code;
    if (code === 0 || next > encoded.length) return undefined;
    const block = encoded.subarray(at + 1, next);
    if (block.includes(0)) return undefined;
    decoded.set(block, length);
    length += block.length;
    at = next;
    if (code !== FULL_BLOCK && at < encoded.length) length++;
  }
  return decoded.slice(0, length);
}
