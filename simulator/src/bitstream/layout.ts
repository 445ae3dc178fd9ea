/**
 * The byte layout of a bitstream: the single source of every offset. The C header of the firmware is generated from
 * this file; `docs/formats/bitstream.md` explains it. All integers are little-endian.
 *
 *     header | frame | frame | ... | digest (SHA-256 of everything before it)
 */

import type { ValueForm } from '../network/memory.js';

/** "ABIT" read as a little-endian u32. */
export const MAGIC = 0x54494241;
export const VERSION_MAJOR = 1;
/** The minor version that first had what a bitstream holds; its header names it: dense programs 0, operators 1. */
export const VERSION_MINOR = 0;
export const OPERATORS_VERSION_MINOR = 1;

/** File header; `crc32` covers the bytes before it. */
export const HEADER = {
  magic: 0, // u32, the ASCII text ABIT
  versionMajor: 4, // u8; a reader refuses another major version
  versionMinor: 5, // u8; a reader accepts a newer minor version
  headerBytes: 6, // u16, 32
  totalBytes: 8, // u32, the whole bitstream with its digest
  frameCount: 12, // u32, all frames, description and signature included
  inputCount: 16, // u32, values of an input: of an operators bitstream height x width x channels
  inputBits: 20, // u8, bits per input value, 1..8
  layerCount: 21, // u8, layers of the program, or operators
  reserved: 22, // u16, 0
  outputCount: 24, // u32, outputs of the last layer
  crc32: 28, // u32, of the bytes 0 to 27
  size: 32,
} as const;

/** Frame header; `crc32` covers the eight bytes before it, the payload and its zero padding to four bytes. */
export const FRAME = {
  kind: 0, // u8, FRAME_KIND
  layer: 1, // u8, the layer or operator that it configures; 0 in frames of none
  reserved: 2, // u16, 0
  payloadBytes: 4, // u32, without padding
  crc32: 8, // u32, of bytes 0 to 7, then the payload, then its padding
  size: 12,
} as const;

/** A reader must refuse an unknown kind below `ANCILLARY_KIND` and skip an unknown kind from there on. */
export const FRAME_KIND = {
  program: 1, // one LAYER record per layer, in order
  weights: 2, // outputs x wordsPerRow u32: bit i of a row is bit i%32 of word i/32; tail bits 0
  thresholds: 3, // outputs x u32: the neuron fires when accumulator >= threshold
  offsets: 4, // outputs x i32: output = (accumulator << shift) + offset
  goldenVectors: 5, // GOLDEN header, then count x (input, outputs)
  operators: 6, // in place of a program: OPERATORS header, one OPERATOR record each, in order
  integerWeights: 7, // rows x columns i8, every row padded to four bytes with 0
  constants: 8, // of one operator: see docs/formats/bitstream.md
  zeroPoints: 9, // channels of the input x u8: what stands for 0
  description: 128, // UTF-8 JSON for people and tools; a device skips it
  signature: 129, // SIGNATURE; the last frame, if any; who does not check signatures skips it
} as const;
export const ANCILLARY_KIND = 128;

/** One layer of the program frame. */
export const LAYER = {
  kind: 0, // u8, LAYER_KIND
  activation: 1, // u8, ACTIVATION
  inputBits: 2, // u8, bit planes per input, 1..8
  shift: 3, // u8, integer layers only, 0..16
  inputs: 4, // u32, values that it takes
  outputs: 8, // u32, neurons
  wordsPerRow: 12, // u32, ceil(inputs / 32)
  reserved: 16, // u32, 0
  size: 20,
} as const;

export const LAYER_KIND = { dense: 1 } as const;
export const ACTIVATION = { threshold: 0, integer: 1 } as const;

/** Head of the operators frame. */
export const OPERATORS = {
  arenaBytes: 0, // u32, a multiple of 4: memory for the values of all operators
  zeroPointsOffset: 4, // u32, where the payload of the zero points starts in the file; 0: there are none
  size: 8,
} as const;

/** One operator of the operators frame. A dense one has pictures of 1 x 1 and windows of 1 x 1. */
export const OPERATOR = {
  kind: 0, // u8, OPERATOR_KIND
  activation: 1, // u8, OPERATOR_ACTIVATION (none: pool and add)
  weights: 2, // u8, WEIGHT_FORM
  inputEncoding: 3, // u8, INPUT_ENCODING
  shift: 4, // u8, integer: 0 to 15; requantize: 0 to 31
  operation: 5, // u8, POOL_OPERATION, of a pool
  hasFlags: 6, // u8, 1: a bit per channel ends the constants: inverted thresholds, minima of a pool
  outputForm: 7, // u8, VALUE_FORM: how its values lie in memory; always i32 in the last one
  source: 8, // u8, the operator whose values it takes; 255 for the input
  secondSource: 9, // u8, of add; 0 otherwise
  reserved: 10, // u16, 0
  inputHeight: 12, // u32
  inputWidth: 16, // u32
  inputChannels: 20, // u32
  outputHeight: 24, // u32
  outputWidth: 28, // u32
  outputChannels: 32, // u32
  sizeHeight: 36, // u16, of a window; 1 where there are none
  sizeWidth: 38, // u16
  strideHeight: 40, // u16, from one window to the next; 1 where there are none
  strideWidth: 42, // u16
  paddingTop: 44, // u16, rows outside the picture that the first window covers
  paddingLeft: 46, // u16
  minimum: 48, // i32, of requantize; 0 otherwise
  maximum: 52, // i32, the same
  weightsOffset: 56, // u32, where the payload of its weights starts in the file; 0: none
  constantsOffset: 60, // u32, the same of its constants
  arenaOffset: 64, // u32, a multiple of 4: where its values lie in the arena
  size: 68,
} as const;

export const OPERATOR_KIND = { dense: 1, convolution: 2, pool: 3, add: 4, activation: 5 } as const;
export const OPERATOR_ACTIVATION = { threshold: 0, integer: 1, requantize: 2, none: 255 } as const;
export const WEIGHT_FORM = { none: 0, binary: 1, integer: 2 } as const;
export const INPUT_ENCODING = { unsigned: 0, bipolar: 1 } as const;
export const POOL_OPERATION = { sum: 0, extreme: 1 } as const;
/** How values lie in memory: packed bits (value i is bit i%32 of word i/32, tail bits 0) or one number each. */
export const VALUE_FORM = { bits: 0, u8: 1, i8: 2, i16: 3, i32: 4 } as const satisfies Record<ValueForm, number>;
export const FROM_INPUT = 255;
export const MAX_OPERATORS = 255;

/** Head of the golden vector frame. */
export const GOLDEN = {
  count: 0, // u32, vectors
  inputBytes: 4, // u32, bytes of one input as it travels, without padding
  size: 8,
} as const;

/** Payload of the signature frame: Ed25519 (RFC 8032) over SIGNATURE_CONTEXT and the SHA-256 of all bytes before the frame. */
export const SIGNATURE = {
  publicKey: 0, // u8 x 32, of who claims to have signed
  signature: 32, // u8 x 64, of Ed25519
  size: 96,
} as const;
/** ASCII; no other use of the same key signs bytes that start like this. */
export const SIGNATURE_CONTEXT = 'adiabit bitstream 1\n';

export const DIGEST_BYTES = 32;
export { inputBytesOf, paddedTo4 } from '../bits/packing.js';
export { MAX_LAYERS, MAX_OUTPUTS, MAX_SHIFT } from '../network/limits.js';
