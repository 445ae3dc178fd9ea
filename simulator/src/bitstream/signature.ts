import { sha256 } from '@noble/hashes/sha2.js';
import { crc32 } from '../bits/crc32.js';
import { decodeBitstream } from './decode.js';
import { badValue, decodeFrames, encodeFrame, type Frame } from './frames.js';
import { DIGEST_BYTES, FRAME, FRAME_KIND, HEADER, SIGNATURE, SIGNATURE_CONTEXT } from './layout.js';

/** The signature in a bitstream. The caller verifies it and decides whether to trust the key. */
export interface BitstreamSignature {
  /** The Ed25519 public key, 32 bytes. It says who claims to have signed, not whom to trust. */
  readonly publicKey: Uint8Array;
  /** The signature, 64 bytes. */
  readonly signature: Uint8Array;
  /** The signed message: the context and the digest of all bytes before the signature frame. */
  readonly message: Uint8Array;
}

/**
 * Finds the signature in `.abit` bytes; undefined if there is none.
 * @throws FormatError if the bytes are no bitstream
 */
export function signatureOf(bytes: Uint8Array): BitstreamSignature | undefined {
  const frame = signatureFrame(bytes);
  if (!frame) return undefined;
  const part = (from: number, to: number): Uint8Array => bytes.slice(frame.offset + from, frame.offset + to);
  return {
    publicKey: part(SIGNATURE.publicKey, SIGNATURE.signature),
    signature: part(SIGNATURE.signature, SIGNATURE.size),
    message: messageFor(bytes.subarray(0, frame.start)),
  };
}

/**
 * Signs a bitstream, in place of an earlier signature. `sign` gives the 64 bytes of Ed25519 for a message.
 * @throws FormatError if the bytes are no bitstream
 */
export function signWith(
  bytes: Uint8Array,
  publicKey: Uint8Array,
  sign: (message: Uint8Array) => Uint8Array,
): Uint8Array {
  const plain = removeSignature(bytes);
  const signedPart = plain.slice(0, plain.length - DIGEST_BYTES);
  // The header is signed too, so it must describe the whole file already.
  setSize(signedPart, plain.length + FRAME.size + SIGNATURE.size, frameCountOf(plain) + 1);
  const payload = new Uint8Array(SIGNATURE.size);
  payload.set(publicKey, SIGNATURE.publicKey);
  payload.set(sign(messageFor(signedPart)), SIGNATURE.signature);
  return sealed(signedPart, encodeFrame(FRAME_KIND.signature, 0, payload));
}

/**
 * Removes the signature of a bitstream. Without one, the bytes stay the same.
 * @throws FormatError if the bytes are no bitstream
 */
export function removeSignature(bytes: Uint8Array): Uint8Array {
  const frame = signatureFrame(bytes);
  if (!frame) return bytes;
  const rest = bytes.slice(0, frame.start);
  setSize(rest, rest.length + DIGEST_BYTES, frameCountOf(bytes) - 1);
  return sealed(rest);
}

/** Finds the signature frame. It must be the last frame: frames after it would not be signed. */
function signatureFrame(bytes: Uint8Array): Frame | undefined {
  decodeBitstream(bytes);
  const last = decodeFrames(bytes, frameCountOf(bytes)).at(-1);
  if (last?.kind !== FRAME_KIND.signature) return undefined;
  if (last.layer !== 0 || last.payload.byteLength !== SIGNATURE.size) {
    throw badValue(last.start, 'has a signature of another form');
  }
  return last;
}

function messageFor(signedPart: Uint8Array): Uint8Array {
  const context = new TextEncoder().encode(SIGNATURE_CONTEXT);
  const message = new Uint8Array(context.length + DIGEST_BYTES);
  message.set(context);
  message.set(sha256(signedPart), context.length);
  return message;
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const frameCountOf = (bytes: Uint8Array): number => viewOf(bytes).getUint32(HEADER.frameCount, true);

function setSize(bytes: Uint8Array, totalBytes: number, frameCount: number): void {
  const view = viewOf(bytes);
  view.setUint32(HEADER.totalBytes, totalBytes, true);
  view.setUint32(HEADER.frameCount, frameCount, true);
  view.setUint32(HEADER.crc32, crc32(bytes.subarray(0, HEADER.crc32)), true);
}

/** Joins parts and appends the digest over them. */
function sealed(...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((total, part) => total + part.length, 0);
  const bytes = new Uint8Array(length + DIGEST_BYTES);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  bytes.set(sha256(bytes.subarray(0, at)), at);
  return bytes;
}
