import { sha256 } from '@noble/hashes/sha2.js';
import { crc32 } from '../bits/crc32.js';
import { FormatError } from '../errors.js';
import type { Bitstream, Description } from './bitstream.js';
import { decodeProgram } from './decode-program.js';
import { badValue, decodeFrames, type Frame } from './frames.js';
import { decodeGoldenVectors } from './golden.js';
import { ANCILLARY_KIND, DIGEST_BYTES, FRAME_KIND, HEADER, KNOWN_KINDS, MAGIC, VERSION_MAJOR } from './layout.js';
import type { CircuitShape } from './shape.js';
import { readTrainedOn } from './trained-on.js';

/**
 * Reads `.abit` bytes and checks everything that `docs/formats/bitstream.md` lists.
 * @throws FormatError with the offset at which the bytes stop being a bitstream
 */
export function decodeBitstream(bytes: Uint8Array): Bitstream {
  const { frameCount, requiredKinds, ...shape } = decodeHeader(bytes);
  const frames = decodeFrames(bytes, frameCount);
  const critical = frames.filter((frame) => frame.kind < ANCILLARY_KIND);
  if (critical.reduce<number>((mask, { kind }) => mask | (1 << kind), 0) >>> 0 !== requiredKinds) {
    throw badValue(HEADER.requiredKinds, 'does not list the kinds of its frames');
  }
  const golden = critical.find((frame) => frame.kind === FRAME_KIND.goldenVectors);
  const configuring = critical.length - (golden ? 1 : 0);
  return {
    ...decodeProgram(critical, shape, configuring),
    goldenVectors: golden ? decodeGoldenVectors(golden, shape) : [],
    description: decodeDescription(frames.find((frame) => frame.kind === FRAME_KIND.description)),
  };
}

/** Computes the SHA-256 of a whole `.abit` file. Devices announce and report it. */
export const bitstreamDigest = (bytes: Uint8Array): Uint8Array => sha256(bytes);

type Header = CircuitShape & { readonly frameCount: number; readonly requiredKinds: number };

function decodeHeader(bytes: Uint8Array): Header {
  if (bytes.length < HEADER.size) {
    throw truncated(bytes.length, HEADER.size);
  }
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
  const totalBytes = view.getUint32(HEADER.totalBytes, true);
  if (bytes.length < totalBytes) throw truncated(bytes.length, totalBytes);
  if (bytes.length > totalBytes || totalBytes < HEADER.size + DIGEST_BYTES || totalBytes % 4 !== 0) {
    throw badValue(HEADER.totalBytes, `says it has ${totalBytes} bytes, the file has ${bytes.length}`);
  }
  const digest = sha256(bytes.subarray(0, totalBytes - DIGEST_BYTES));
  const stored = bytes.subarray(totalBytes - DIGEST_BYTES);
  if (!digest.every((byte, index) => byte === stored[index])) {
    const damaged = firstDamagedFrame(bytes, view.getUint32(HEADER.frameCount, true));
    const offset = damaged ?? totalBytes - DIGEST_BYTES;
    throw new FormatError(
      'digest-mismatch',
      `The bitstream is damaged (${damaged === undefined ? 'in its digest' : `in the frame at byte ${offset}`}). Copy or compile it again.`,
      { offset },
    );
  }
  if (view.getUint16(HEADER.headerBytes, true) !== HEADER.size)
    throw badValue(HEADER.headerBytes, 'has another header');
  if (view.getUint16(HEADER.reserved, true) !== 0)
    throw badValue(HEADER.reserved, 'has reserved bits set in its header');
  const requiredKinds = view.getUint32(HEADER.requiredKinds, true);
  const unknown = requiredKinds & ~KNOWN_KINDS;
  if (unknown !== 0) {
    const kind = 31 - Math.clz32(unknown);
    throw new FormatError(
      'unsupported-version',
      `The bitstream has frames of kind ${kind}, which this Adiabit does not know and must not skip. Update Adiabit.`,
      { offset: HEADER.requiredKinds, kind },
    );
  }
  return {
    requiredKinds,
    frameCount: view.getUint32(HEADER.frameCount, true),
    inputCount: view.getUint32(HEADER.inputCount, true),
    inputBits: view.getUint8(HEADER.inputBits),
    layerCount: view.getUint8(HEADER.layerCount),
    outputCount: view.getUint32(HEADER.outputCount, true),
  };
}

const truncated = (actual: number, expected: number): FormatError =>
  new FormatError('truncated', `The bitstream ends after ${actual} of ${expected} bytes. Copy it again.`, {
    offset: actual,
    expected,
  });

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

function decodeDescription(frame: Frame | undefined): Description {
  const unknown: Description = { name: 'circuit', modelDigest: '', compiler: '' };
  if (!frame) return unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(frame.payload);
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null) return unknown;
    const fields = parsed as Readonly<Record<string, unknown>>;
    const field = (name: 'name' | 'modelDigest' | 'compiler'): string => {
      const value = fields[name];
      return typeof value === 'string' ? value : unknown[name];
    };
    const trainedOn = readTrainedOn(fields['trainedOn']);
    return {
      name: field('name'),
      modelDigest: field('modelDigest'),
      compiler: field('compiler'),
      ...(trainedOn === undefined ? {} : { trainedOn }),
    };
  } catch (error) {
    throw new FormatError(
      'bad-value',
      'The description of the bitstream is not UTF-8 JSON.',
      { offset: frame.offset },
      error,
    );
  }
}
