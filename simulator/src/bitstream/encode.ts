import { sha256 } from '@noble/hashes/sha2.js';
import { crc32 } from '../bits/crc32.js';
import { isBinaryDense } from '../network/counts.js';
import type { Bitstream } from './bitstream.js';
import { denseFrames } from './encode-dense.js';
import { operatorFrames } from './encode-operators.js';
import { encodeFrame } from './frames.js';
import { goldenPayload } from './golden.js';
import {
  DIGEST_BYTES,
  FRAME_KIND,
  HEADER,
  MAGIC,
  OPERATORS_VERSION_MINOR,
  VERSION_MAJOR,
  VERSION_MINOR,
} from './layout.js';
import type { CircuitShape } from './shape.js';

/**
 * Writes a bitstream as bytes. The same bitstream always gives the same bytes. Dense binary networks are written as counts, which
 * every board runs; others as operators.
 * @throws FormatError when its parts do not fit each other.
 */
export function encodeBitstream(bitstream: Bitstream): Uint8Array {
  const { network, goldenVectors, description } = bitstream;
  const isDense = isBinaryDense(network);
  const { shape, frames: program } = isDense ? denseFrames(network) : operatorFrames(bitstream);
  const frames = [
    ...program,
    encodeFrame(FRAME_KIND.goldenVectors, 0, goldenPayload(shape, goldenVectors)),
    encodeFrame(FRAME_KIND.description, 0, new TextEncoder().encode(JSON.stringify(description))),
  ];
  const totalBytes = HEADER.size + frames.reduce((sum, frame) => sum + frame.length, 0) + DIGEST_BYTES;
  const bytes = new Uint8Array(totalBytes);
  bytes.set(encodeHeader(shape, isDense ? VERSION_MINOR : OPERATORS_VERSION_MINOR, totalBytes, frames.length));
  let offset = HEADER.size;
  for (const frame of frames) {
    bytes.set(frame, offset);
    offset += frame.length;
  }
  bytes.set(sha256(bytes.subarray(0, offset)), offset);
  return bytes;
}

function encodeHeader(shape: CircuitShape, minor: number, totalBytes: number, frameCount: number): Uint8Array {
  const bytes = new Uint8Array(HEADER.size);
  const view = new DataView(bytes.buffer);
  view.setUint32(HEADER.magic, MAGIC, true);
  view.setUint8(HEADER.versionMajor, VERSION_MAJOR);
  view.setUint8(HEADER.versionMinor, minor);
  view.setUint16(HEADER.headerBytes, HEADER.size, true);
  view.setUint32(HEADER.totalBytes, totalBytes, true);
  view.setUint32(HEADER.frameCount, frameCount, true);
  view.setUint32(HEADER.inputCount, shape.inputCount, true);
  view.setUint8(HEADER.inputBits, shape.inputBits);
  view.setUint8(HEADER.layerCount, shape.layerCount);
  view.setUint32(HEADER.outputCount, shape.outputCount, true);
  view.setUint32(HEADER.crc32, crc32(bytes.subarray(0, HEADER.crc32)), true);
  return bytes;
}
