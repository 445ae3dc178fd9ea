import { crc32 } from '../bits/crc32.js';
import { FormatError } from '../errors.js';
import { ANCILLARY_KIND, DIGEST_BYTES, FRAME, HEADER, KNOWN_KINDS, REQUIRED_KINDS, paddedTo4 } from './layout.js';

export interface Frame {
  readonly kind: number;
  readonly layer: number;
  /** The offset of its header in the file. */
  readonly start: number;
  /** The offset of its payload in the file. */
  readonly offset: number;
  readonly payload: DataView;
}

/** Makes the error for a value at byte `offset` that a bitstream may not have there. */
export const badValue = (offset: number, what: string): FormatError =>
  new FormatError('bad-value', `The bitstream ${what} (at byte ${offset}). Compile the model again.`, { offset });

/** Encodes a frame, padded to a multiple of four bytes. */
export function encodeFrame(kind: number, layer: number, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(FRAME.size + paddedTo4(payload.length));
  const view = new DataView(bytes.buffer);
  view.setUint8(FRAME.kind, kind);
  view.setUint8(FRAME.layer, layer);
  view.setUint32(FRAME.payloadBytes, payload.length, true);
  bytes.set(payload, FRAME.size);
  const head = crc32(bytes.subarray(0, FRAME.crc32));
  view.setUint32(FRAME.crc32, crc32(bytes.subarray(FRAME.size), head), true);
  return bytes;
}

/**
 * Splits a bitstream into frames. The caller checks header and digest.
 * @throws FormatError at the first frame that is damaged, or whose kind is unknown and must not be skipped
 */
export function decodeFrames(bytes: Uint8Array, frameCount: number): Frame[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length - DIGEST_BYTES;
  const frames: Frame[] = [];
  let at: number = HEADER.size;
  for (let index = 0; index < frameCount; index++) {
    if (at + FRAME.size > end) throw badValue(at, `has no room for frame ${index}`);
    const payloadBytes = view.getUint32(at + FRAME.payloadBytes, true);
    const offset = at + FRAME.size;
    if (payloadBytes > end - offset) throw badValue(at, `has a frame ${index} that runs over its end`);
    const next = offset + paddedTo4(payloadBytes);
    const head = crc32(bytes.subarray(at, at + FRAME.crc32));
    if (view.getUint32(at + FRAME.crc32, true) !== crc32(bytes.subarray(offset, next), head)) {
      throw new FormatError('crc-mismatch', `Frame ${index} at byte ${at} is damaged. Copy or compile it again.`, {
        offset: at,
      });
    }
    if (view.getUint16(at + FRAME.reserved, true) !== 0)
      throw badValue(at, `has a frame ${index} with reserved bits set`);
    if (bytes.subarray(offset + payloadBytes, next).some((byte) => byte !== 0)) {
      throw badValue(offset + payloadBytes, `has a frame ${index} with padding that is not 0`);
    }
    const kind = view.getUint8(at + FRAME.kind);
    if (kind < ANCILLARY_KIND && (kind >= REQUIRED_KINDS || (KNOWN_KINDS & (1 << kind)) === 0)) {
      throw badValue(at, `has a frame of kind ${kind} that this Adiabit does not know`);
    }
    const payload = new DataView(bytes.buffer, bytes.byteOffset + offset, payloadBytes);
    frames.push({ kind, layer: view.getUint8(at + FRAME.layer), start: at, offset, payload });
    at = next;
  }
  if (at !== end) throw badValue(at, 'has bytes between its last frame and its digest');
  return frames;
}
