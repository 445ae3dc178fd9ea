import { sha256 } from '@noble/hashes/sha2.js';
import { crc32 } from '../../bits/crc32.js';
import { DIGEST_BYTES, FRAME, HEADER, paddedTo4 } from '../layout.js';

/** Copies a bitstream and corrects every checksum, so that only the tampered field is wrong. */
export function withFreshChecksums(tampered: Uint8Array): Uint8Array {
  const bytes = tampered.slice();
  const view = new DataView(bytes.buffer);
  const end = bytes.length - DIGEST_BYTES;
  for (let at: number = HEADER.size; at + FRAME.size <= end;) {
    const next = at + FRAME.size + paddedTo4(view.getUint32(at + FRAME.payloadBytes, true));
    if (next > end || next <= at) break;
    const head = crc32(bytes.subarray(at, at + FRAME.crc32));
    view.setUint32(at + FRAME.crc32, crc32(bytes.subarray(at + FRAME.size, next), head), true);
    at = next;
  }
  view.setUint32(HEADER.crc32, crc32(bytes.subarray(0, HEADER.crc32)), true);
  bytes.set(sha256(bytes.subarray(0, end)), end);
  return bytes;
}
