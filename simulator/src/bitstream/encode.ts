import { sha256 } from '@noble/hashes/sha2.js';
import { crc32 } from '../bits/crc32.js';
import type { Bitstream } from './bitstream.js';
import { encodeProgram, networkShape } from './encode-program.js';
import { encodeFrame } from './frames.js';
import { goldenPayload } from './golden.js';
import {
  DIGEST_BYTES,
  FRAME,
  FRAME_KIND,
  HEADER,
  MAGIC,
  REQUIRED_KINDS,
  VERSION_MAJOR,
  VERSION_MINOR,
} from './layout.js';
import type { CircuitShape } from './shape.js';

/**
 * Encodes a bitstream as bytes. The same bitstream always gives the same bytes.
 * @throws FormatError if its parts do not fit each other
 */
export function encodeBitstream(bitstream: Bitstream): Uint8Array {
  const { network, goldenVectors, description } = bitstream;
  const shape = networkShape(network);
  const frames = [
    ...encodeProgram(bitstream).frames,
    encodeFrame(FRAME_KIND.goldenVectors, 0, goldenPayload(shape, goldenVectors)),
    encodeFrame(FRAME_KIND.description, 0, new TextEncoder().encode(JSON.stringify(description))),
  ];
  const totalBytes = HEADER.size + frames.reduce((sum, frame) => sum + frame.length, 0) + DIGEST_BYTES;
  const bytes = new Uint8Array(totalBytes);
  bytes.set(encodeHeader(shape, totalBytes, frames));
  let offset = HEADER.size;
  for (const frame of frames) {
    bytes.set(frame, offset);
    offset += frame.length;
  }
  bytes.set(sha256(bytes.subarray(0, offset)), offset);
  return bytes;
}

function encodeHeader(shape: CircuitShape, totalBytes: number, frames: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(HEADER.size);
  const view = new DataView(bytes.buffer);
  const kinds = frames.map((frame) => frame[FRAME.kind]).filter((kind) => kind < REQUIRED_KINDS);
  view.setUint32(HEADER.magic, MAGIC, true);
  view.setUint8(HEADER.versionMajor, VERSION_MAJOR);
  view.setUint8(HEADER.versionMinor, VERSION_MINOR);
  view.setUint16(HEADER.headerBytes, HEADER.size, true);
  view.setUint32(HEADER.totalBytes, totalBytes, true);
  view.setUint32(HEADER.frameCount, frames.length, true);
  view.setUint32(
    HEADER.requiredKinds,
    kinds.reduce((mask, kind) => mask | (1 << kind), 0),
    true,
  );
  view.setUint32(HEADER.inputCount, shape.inputCount, true);
  view.setUint8(HEADER.inputBits, shape.inputBits);
  view.setUint8(HEADER.layerCount, shape.layerCount);
  view.setUint32(HEADER.outputCount, shape.outputCount, true);
  view.setUint32(HEADER.crc32, crc32(bytes.subarray(0, HEADER.crc32)), true);
  return bytes;
}
