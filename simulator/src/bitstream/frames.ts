import { crc32 } from '../bits/crc32.js';
import { FormatError } from '../errors.js';
import {
  ANCILLARY_KIND,
  DIGEST_BYTES,
  FRAME,
  HEADER,
  KNOWN_KINDS,
  MAGIC,
  REQUIRED_KINDS,
  VERSION_MAJOR,
  paddedTo4,
} from './layout.js';
import type { CircuitShape } from './shape.js';

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

export type HeaderFields = CircuitShape & {
  readonly totalBytes: number;
  readonly frameCount: number;
  readonly requiredKinds: number;
};

/**
 * Reads the header at the start of a bitstream. What the fields promise of the rest is the caller's to check.
 * @throws FormatError if it is none of this format, or damaged
 */
export function readHeader(bytes: Uint8Array): HeaderFields {
  if (bytes.length < HEADER.size) throw truncated(bytes.length, HEADER.size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(HEADER.magic, true) !== MAGIC) {
    throw new FormatError('bad-magic', 'This is not an Adiabit bitstream: it does not start with "ABIT".', {
      offset: 0,
    });
  }
  const major = view.getUint8(HEADER.versionMajor);
  if (major !== VERSION_MAJOR) {
    throw new FormatError(
      'unsupported-version',
      `The bitstream has format version ${major}, this Adiabit reads version ${VERSION_MAJOR}. ` +
        (major > VERSION_MAJOR ? 'Update Adiabit.' : 'Compile the model again.'),
      { offset: HEADER.versionMajor, version: major, supported: VERSION_MAJOR },
    );
  }
  if (view.getUint32(HEADER.crc32, true) !== crc32(bytes.subarray(0, HEADER.crc32))) {
    throw new FormatError('crc-mismatch', 'The header of the bitstream is damaged. Copy or compile it again.', {
      offset: HEADER.crc32,
    });
  }
  return {
    totalBytes: view.getUint32(HEADER.totalBytes, true),
    requiredKinds: view.getUint32(HEADER.requiredKinds, true),
    frameCount: view.getUint32(HEADER.frameCount, true),
    inputCount: view.getUint32(HEADER.inputCount, true),
    inputBits: view.getUint8(HEADER.inputBits),
    layerCount: view.getUint8(HEADER.layerCount),
    outputCount: view.getUint32(HEADER.outputCount, true),
  };
}

export const truncated = (actual: number, expected: number): FormatError =>
  new FormatError('truncated', `The bitstream ends after ${actual} of ${expected} bytes. Copy it again.`, {
    offset: actual,
    expected,
  });

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
