import { sha256 } from '@noble/hashes/sha2.js';
import { crc32 } from '../bits/crc32.js';
import { decodeBitstream } from './decode.js';
import { badValue, decodeFrames, encodeFrame, type Frame } from './frames.js';
import { DIGEST_BYTES, FRAME_KIND, HEADER, MANIFEST } from './layout.js';

/**
 * Finds the 164 bytes of the manifest in `.abit` bytes; undefined if there is none.
 * @throws FormatError if the bytes are no bitstream, or the frame has another form
 */
export function manifestBytesOf(bytes: Uint8Array): Uint8Array | undefined {
  return manifestFrame(bytes)?.bytes;
}

/**
 * Puts a manifest behind a bitstream, in place of an earlier one.
 * @throws FormatError if the bytes are no bitstream
 */
export function withManifest(bytes: Uint8Array, manifest: Uint8Array): Uint8Array {
  const plain = plainOf(bytes);
  const frame = encodeFrame(FRAME_KIND.manifest, 0, manifest);
  return sealed(
    plain.slice(0, plain.length - DIGEST_BYTES),
    frame,
    plain.length + frame.length,
    frameCountOf(plain) + 1,
  );
}

/**
 * Returns the file without its manifest: what devices store, and what the manifest speaks for. A file without one stays the same.
 * @throws FormatError if the bytes are no bitstream
 */
export function plainOf(bytes: Uint8Array): Uint8Array {
  const found = manifestFrame(bytes);
  if (!found) return bytes;
  const rest = bytes.slice(0, found.start);
  return sealed(rest, new Uint8Array(0), rest.length + DIGEST_BYTES, frameCountOf(bytes) - 1);
}

/** Finds the manifest frame. It must be the last frame, of the one form that there is: none of its fields is unsigned. */
function manifestFrame(bytes: Uint8Array): { readonly start: number; readonly bytes: Uint8Array } | undefined {
  decodeBitstream(bytes);
  const last: Frame | undefined = decodeFrames(bytes, frameCountOf(bytes)).at(-1);
  if (last?.kind !== FRAME_KIND.manifest) return undefined;
  const manifest = bytes.slice(last.offset, last.offset + last.payload.byteLength);
  const frame = encodeFrame(FRAME_KIND.manifest, 0, manifest);
  const isTheForm = frame.every((byte, index) => byte === bytes[last.start + index]);
  if (manifest.length === MANIFEST.size && isTheForm) return { start: last.start, bytes: manifest };
  throw badValue(last.start, 'has a manifest of another form');
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const frameCountOf = (bytes: Uint8Array): number => viewOf(bytes).getUint32(HEADER.frameCount, true);

/** Joins two parts, lets the header describe the whole, and appends the digest over them. */
function sealed(frames: Uint8Array, more: Uint8Array, totalBytes: number, frameCount: number): Uint8Array {
  const bytes = new Uint8Array(totalBytes);
  const end = totalBytes - DIGEST_BYTES;
  bytes.set(frames);
  bytes.set(more, frames.length);
  const view = viewOf(bytes);
  view.setUint32(HEADER.totalBytes, totalBytes, true);
  view.setUint32(HEADER.frameCount, frameCount, true);
  view.setUint32(HEADER.crc32, crc32(bytes.subarray(0, HEADER.crc32)), true);
  bytes.set(sha256(bytes.subarray(0, end)), end);
  return bytes;
}
