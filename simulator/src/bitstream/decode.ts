import { sha256 } from '@noble/hashes/sha2.js';
import { FormatError } from '../errors.js';
import type { Bitstream } from './bitstream.js';
import { decodeProgram } from './decode-program.js';
import { decodeDescription } from './description.js';
import { badValue, decodeFrames, readHeader, truncated, type HeaderFields } from './frames.js';
import { decodeGoldenVectors } from './golden.js';
import { ANCILLARY_KIND, DIGEST_BYTES, FRAME_KIND, HEADER, KNOWN_KINDS } from './layout.js';

/**
 * Reads `.abit` bytes and checks everything that `docs/formats/bitstream.md` lists.
 * @throws FormatError with the offset at which the bytes stop being a bitstream
 */
export function decodeBitstream(bytes: Uint8Array): Bitstream {
  const header = decodeHeader(bytes);
  const frames = decodeFrames(bytes, header.frameCount);
  const critical = frames.filter((frame) => frame.kind < ANCILLARY_KIND);
  if (critical.reduce<number>((mask, { kind }) => mask | (1 << kind), 0) >>> 0 !== header.requiredKinds) {
    throw badValue(HEADER.requiredKinds, 'does not list the kinds of its frames');
  }
  const golden = critical.find((frame) => frame.kind === FRAME_KIND.goldenVectors);
  const configuring = critical.length - (golden ? 1 : 0);
  return {
    ...decodeProgram(critical, header, configuring),
    goldenVectors: golden ? decodeGoldenVectors(golden, header) : [],
    description: decodeDescription(frames.find((frame) => frame.kind === FRAME_KIND.description)),
  };
}

/** Computes the SHA-256 of a whole `.abit` file. Devices announce and report it. */
export const bitstreamDigest = (bytes: Uint8Array): Uint8Array => sha256(bytes);

function decodeHeader(bytes: Uint8Array): HeaderFields {
  const fields = readHeader(bytes);
  const { totalBytes } = fields;
  if (bytes.length < totalBytes) throw truncated(bytes.length, totalBytes);
  if (bytes.length > totalBytes || totalBytes < HEADER.size + DIGEST_BYTES || totalBytes % 4 !== 0) {
    throw badValue(HEADER.totalBytes, `says it has ${totalBytes} bytes, the file has ${bytes.length}`);
  }
  const digest = sha256(bytes.subarray(0, totalBytes - DIGEST_BYTES));
  const stored = bytes.subarray(totalBytes - DIGEST_BYTES);
  if (!digest.every((byte, index) => byte === stored[index])) {
    const damaged = firstDamagedFrame(bytes, fields.frameCount);
    const offset = damaged ?? totalBytes - DIGEST_BYTES;
    throw new FormatError(
      'digest-mismatch',
      `The bitstream is damaged (${damaged === undefined ? 'in its digest' : `in the frame at byte ${offset}`}). Copy or compile it again.`,
      { offset },
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint16(HEADER.headerBytes, true) !== HEADER.size)
    throw badValue(HEADER.headerBytes, 'has another header');
  if (view.getUint16(HEADER.reserved, true) !== 0)
    throw badValue(HEADER.reserved, 'has reserved bits set in its header');
  const unknown = fields.requiredKinds & ~KNOWN_KINDS;
  if (unknown !== 0) {
    const kind = 31 - Math.clz32(unknown);
    throw new FormatError(
      'unsupported-version',
      `The bitstream has frames of kind ${kind}, which this Adiabit does not know and must not skip. Update Adiabit.`,
      { offset: HEADER.requiredKinds, kind },
    );
  }
  return fields;
}

/** Finds the first damaged frame, for the message of a digest mismatch. */
function firstDamagedFrame(bytes: Uint8Array, frameCount: number): number | undefined {
  try {
    decodeFrames(bytes, frameCount);
    return undefined;
  } catch (error) {
    if (error instanceof FormatError && typeof error.details['offset'] === 'number') return error.details['offset'];
    throw error;
  }
}
