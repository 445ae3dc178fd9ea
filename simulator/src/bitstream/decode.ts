import { sha256 } from '@noble/hashes/sha2.js';
import { bitMatrixOfWords } from '../bits/bit-matrix.js';
import { crc32 } from '../bits/crc32.js';
import { FormatError } from '../errors.js';
import { validateArchitecture, type Architecture, type DenseLayer } from '../fabric/architecture.js';
import { validateConfiguration, type LayerConfiguration } from '../fabric/configuration.js';
import type { Bitstream, Description, GoldenVector } from './bitstream.js';
import { badValue, decodeFrames, type Frame } from './frames.js';
import { unpackInput } from './input.js';
import {
  ACTIVATION,
  ANCILLARY_KIND,
  DIGEST_BYTES,
  FRAME_KIND,
  GOLDEN,
  HEADER,
  LAYER,
  LAYER_KIND,
  MAGIC,
  VERSION_MAJOR,
  inputBytesOf,
  paddedTo4,
} from './layout.js';

/**
 * Reads `.abit` bytes, checking all that `docs/formats/bitstream.md` lists.
 * @throws FormatError with the offset at which the bytes stop being a bitstream.
 */
export function decodeBitstream(bytes: Uint8Array): Bitstream {
  const header = decodeHeader(bytes);
  const frames = decodeFrames(bytes, header.frameCount);
  const architecture = decodeProgram(frames, header);
  const configuration = architecture.layers.map((layer, index) => decodeLayer(frames, layer, index));
  validateConfiguration(architecture, configuration);
  const golden = frames.find((frame) => frame.kind === FRAME_KIND.goldenVectors);
  const description = frames.find((frame) => frame.kind === FRAME_KIND.description);
  const expected = 1 + 2 * architecture.layers.length + (golden ? 1 : 0);
  const critical = frames.filter((frame) => frame.kind < ANCILLARY_KIND).length;
  if (critical !== expected) {
    throw badValue(HEADER.frameCount, `holds ${critical} frames where its program needs ${expected}`);
  }
  return {
    architecture,
    configuration,
    goldenVectors: golden ? decodeGoldenVectors(golden, architecture) : [],
    description: decodeDescription(description),
  };
}

/** SHA-256 of a whole `.abit` file: what a device announces and reports for it. */
export const bitstreamDigest = (bytes: Uint8Array): Uint8Array => sha256(bytes);

function decodeHeader(bytes: Uint8Array) {
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
  return {
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

/** Where the damage is, for the message of a digest mismatch. */
function firstDamagedFrame(bytes: Uint8Array, frameCount: number): number | undefined {
  try {
    decodeFrames(bytes, frameCount);
    return undefined;
  } catch (error) {
    if (error instanceof FormatError && typeof error.details['offset'] === 'number') return error.details['offset'];
    throw error;
  }
}

function decodeProgram(frames: readonly Frame[], header: ReturnType<typeof decodeHeader>): Architecture {
  const program = frames.at(0);
  if (program?.kind !== FRAME_KIND.program) throw badValue(HEADER.size, 'does not start with its program');
  if (program.payload.byteLength !== header.layerCount * LAYER.size) {
    throw badValue(
      program.offset,
      `has a program of ${program.payload.byteLength} bytes for ${header.layerCount} layers`,
    );
  }
  const layers = Array.from({ length: header.layerCount }, (_, index): DenseLayer => {
    const at = index * LAYER.size;
    const u8 = (field: number): number => program.payload.getUint8(at + field);
    const u32 = (field: number): number => program.payload.getUint32(at + field, true);
    if (u32(LAYER.reserved) !== 0) throw badValue(program.offset + at, `has a layer ${index} with reserved bits set`);
    const activation = u8(LAYER.activation);
    if (u8(LAYER.kind) !== LAYER_KIND.dense)
      throw badValue(program.offset + at, `has a layer of kind ${u8(LAYER.kind)}`);
    if (activation !== ACTIVATION.threshold && activation !== ACTIVATION.integer) {
      throw badValue(program.offset + at, `has an activation ${activation}`);
    }
    if (u32(LAYER.wordsPerRow) !== Math.ceil(u32(LAYER.inputs) / 32)) {
      throw badValue(program.offset + at, `has ${u32(LAYER.wordsPerRow)} words per row in layer ${index}`);
    }
    return {
      kind: 'dense',
      activation: activation === ACTIVATION.threshold ? 'threshold' : 'integer',
      inputs: u32(LAYER.inputs),
      outputs: u32(LAYER.outputs),
      inputBits: u8(LAYER.inputBits),
      shift: u8(LAYER.shift),
    };
  });
  const architecture: Architecture = { layers };
  validateArchitecture(architecture);
  const [first] = layers;
  const last = layers[layers.length - 1];
  if (
    first.inputs !== header.inputCount ||
    first.inputBits !== header.inputBits ||
    last.outputs !== header.outputCount
  ) {
    throw badValue(HEADER.inputCount, 'has a header and a program that disagree');
  }
  return architecture;
}

function decodeLayer(frames: readonly Frame[], layer: DenseLayer, index: number): LayerConfiguration {
  const find = (name: 'weights' | 'thresholds' | 'offsets', count: number): Uint32Array => {
    const frame = frames.find((candidate) => candidate.kind === FRAME_KIND[name] && candidate.layer === index);
    if (!frame) throw badValue(HEADER.size, `has no ${name} for layer ${index}`);
    if (frame.payload.byteLength !== count * 4) {
      throw badValue(
        frame.offset,
        `has ${frame.payload.byteLength} bytes of ${name} for layer ${index}, not ${count * 4}`,
      );
    }
    return Uint32Array.from({ length: count }, (_, word) => frame.payload.getUint32(word * 4, true));
  };
  const wordsPerRow = Math.ceil(layer.inputs / 32);
  const words = find('weights', layer.outputs * wordsPerRow);
  const weights = bitMatrixOfWords(layer.outputs, layer.inputs, words);
  if (!words.every((word, at) => word === weights.words[at])) {
    throw badValue(HEADER.size, `sets weight bits beyond the last input of layer ${index}`);
  }
  return layer.activation === 'threshold'
    ? { weights, thresholds: find('thresholds', layer.outputs), offsets: new Int32Array() }
    : { weights, thresholds: new Uint32Array(), offsets: Int32Array.from(find('offsets', layer.outputs)) };
}

function decodeGoldenVectors(frame: Frame, architecture: Architecture): GoldenVector[] {
  const [first] = architecture.layers;
  const { outputs } = architecture.layers[architecture.layers.length - 1];
  const inputBytes = inputBytesOf(first.inputs, first.inputBits);
  const stride = paddedTo4(inputBytes) + 4 * outputs;
  const { payload, offset } = frame;
  const count = payload.byteLength >= GOLDEN.size ? payload.getUint32(GOLDEN.count, true) : -1;
  if (count < 0 || payload.getUint32(GOLDEN.inputBytes, true) !== inputBytes) {
    throw badValue(offset, 'has golden vectors of another shape');
  }
  if (payload.byteLength !== GOLDEN.size + count * stride)
    throw badValue(offset, 'has golden vectors of another length');
  return Array.from({ length: count }, (_, index) => {
    const at = GOLDEN.size + index * stride;
    const packed = new Uint8Array(payload.buffer, payload.byteOffset + at, inputBytes);
    return {
      input: unpackInput(packed, first.inputs, first.inputBits),
      outputs: Int32Array.from({ length: outputs }, (_unused, output) =>
        payload.getInt32(at + paddedTo4(inputBytes) + output * 4, true),
      ),
    };
  });
}

function decodeDescription(frame: Frame | undefined): Description {
  const unknown: Description = { name: 'circuit', modelDigest: '', compiler: '' };
  if (!frame) return unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(frame.payload);
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null) return unknown;
    const field = (name: keyof Description): string => {
      const value = (parsed as Record<string, unknown>)[name];
      return typeof value === 'string' ? value : unknown[name];
    };
    return { name: field('name'), modelDigest: field('modelDigest'), compiler: field('compiler') };
  } catch (error) {
    throw new FormatError(
      'bad-value',
      'The description of the bitstream is not UTF-8 JSON.',
      { offset: frame.offset },
      error,
    );
  }
}
