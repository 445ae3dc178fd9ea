import { sha256 } from '@noble/hashes/sha2.js';
import { crc32 } from '../bits/crc32.js';
import { validateArchitecture, type Architecture } from '../fabric/architecture.js';
import { validateConfiguration } from '../fabric/configuration.js';
import type { Bitstream, GoldenVector } from './bitstream.js';
import { encodeFrame } from './frames.js';
import { packInput } from './input.js';
import {
  ACTIVATION,
  DIGEST_BYTES,
  FRAME_KIND,
  GOLDEN,
  HEADER,
  LAYER,
  LAYER_KIND,
  MAGIC,
  VERSION_MAJOR,
  VERSION_MINOR,
  inputBytesOf,
  paddedTo4,
} from './layout.js';

/**
 * Writes a bitstream as bytes. The same bitstream always gives the same bytes.
 * @throws FormatError when architecture and configuration do not fit each other.
 */
export function encodeBitstream(bitstream: Bitstream): Uint8Array {
  const { architecture, configuration, goldenVectors, description } = bitstream;
  validateArchitecture(architecture);
  validateConfiguration(architecture, configuration);
  const frames = [encodeFrame(FRAME_KIND.program, 0, programPayload(architecture))];
  configuration.forEach(({ weights, thresholds, offsets }, layer) => {
    frames.push(encodeFrame(FRAME_KIND.weights, layer, littleEndianWords(weights.words)));
    if (architecture.layers[layer].activation === 'threshold') {
      frames.push(encodeFrame(FRAME_KIND.thresholds, layer, littleEndianWords(thresholds)));
    } else {
      frames.push(encodeFrame(FRAME_KIND.offsets, layer, littleEndianWords(offsets)));
    }
  });
  frames.push(encodeFrame(FRAME_KIND.goldenVectors, 0, goldenPayload(architecture, goldenVectors)));
  frames.push(encodeFrame(FRAME_KIND.description, 0, new TextEncoder().encode(JSON.stringify(description))));

  const totalBytes = HEADER.size + frames.reduce((sum, frame) => sum + frame.length, 0) + DIGEST_BYTES;
  const bytes = new Uint8Array(totalBytes);
  bytes.set(encodeHeader(architecture, totalBytes, frames.length));
  let offset = HEADER.size;
  for (const frame of frames) {
    bytes.set(frame, offset);
    offset += frame.length;
  }
  bytes.set(sha256(bytes.subarray(0, offset)), offset);
  return bytes;
}

function encodeHeader(architecture: Architecture, totalBytes: number, frameCount: number): Uint8Array {
  const bytes = new Uint8Array(HEADER.size);
  const view = new DataView(bytes.buffer);
  const [first] = architecture.layers;
  view.setUint32(HEADER.magic, MAGIC, true);
  view.setUint8(HEADER.versionMajor, VERSION_MAJOR);
  view.setUint8(HEADER.versionMinor, VERSION_MINOR);
  view.setUint16(HEADER.headerBytes, HEADER.size, true);
  view.setUint32(HEADER.totalBytes, totalBytes, true);
  view.setUint32(HEADER.frameCount, frameCount, true);
  view.setUint32(HEADER.inputCount, first.inputs, true);
  view.setUint8(HEADER.inputBits, first.inputBits);
  view.setUint8(HEADER.layerCount, architecture.layers.length);
  view.setUint32(HEADER.outputCount, architecture.layers[architecture.layers.length - 1].outputs, true);
  view.setUint32(HEADER.crc32, crc32(bytes.subarray(0, HEADER.crc32)), true);
  return bytes;
}

/** The payload of the program frame: a record per layer. */
export function programPayload(architecture: Architecture): Uint8Array {
  const bytes = new Uint8Array(architecture.layers.length * LAYER.size);
  const view = new DataView(bytes.buffer);
  architecture.layers.forEach((layer, index) => {
    const at = index * LAYER.size;
    view.setUint8(at + LAYER.kind, LAYER_KIND[layer.kind]);
    view.setUint8(at + LAYER.activation, ACTIVATION[layer.activation]);
    view.setUint8(at + LAYER.inputBits, layer.inputBits);
    view.setUint8(at + LAYER.shift, layer.shift);
    view.setUint32(at + LAYER.inputs, layer.inputs, true);
    view.setUint32(at + LAYER.outputs, layer.outputs, true);
    view.setUint32(at + LAYER.wordsPerRow, Math.ceil(layer.inputs / 32), true);
  });
  return bytes;
}

function goldenPayload(architecture: Architecture, goldenVectors: readonly GoldenVector[]): Uint8Array {
  const [first] = architecture.layers;
  const { outputs } = architecture.layers[architecture.layers.length - 1];
  const inputBytes = inputBytesOf(first.inputs, first.inputBits);
  const stride = paddedTo4(inputBytes) + 4 * outputs;
  const bytes = new Uint8Array(GOLDEN.size + goldenVectors.length * stride);
  const view = new DataView(bytes.buffer);
  view.setUint32(GOLDEN.count, goldenVectors.length, true);
  view.setUint32(GOLDEN.inputBytes, inputBytes, true);
  goldenVectors.forEach((vector, index) => {
    const at = GOLDEN.size + index * stride;
    bytes.set(packInput(vector.input, first.inputs, first.inputBits), at);
    bytes.set(littleEndianWords(vector.outputs), at + paddedTo4(inputBytes));
  });
  return bytes;
}

/** 32-bit words as little-endian bytes, whatever the byte order of this machine. */
function littleEndianWords(words: Uint32Array | Int32Array): Uint8Array {
  const bytes = new Uint8Array(words.length * 4);
  const view = new DataView(bytes.buffer);
  words.forEach((word, index) => view.setUint32(index * 4, word >>> 0, true));
  return bytes;
}
