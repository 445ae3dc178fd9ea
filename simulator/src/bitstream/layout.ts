/**
 * The byte layout of a bitstream: the single source of every offset. The C header of the firmware is generated from
 * this file; `docs/formats/bitstream.md` explains it. All integers are little-endian.
 *
 *     header | frame | frame | ... | digest (SHA-256 of everything before it)
 */

import type { ValueForm } from '../network/memory.js';

/** "ABIT" read as a little-endian u32. */
export const MAGIC = 0x54494241;
export const VERSION_MAJOR = 2;
export const VERSION_MINOR = 0;

/** The file header. `crc32` covers the bytes before it. */
export const HEADER = {
  magic: 0, // u32, the ASCII text ABIT
  versionMajor: 4, // u8; a reader refuses another major version
  versionMinor: 5, // u8; a reader accepts a newer minor version
  headerBytes: 6, // u16, 36
  totalBytes: 8, // u32, the whole bitstream with its digest
  frameCount: 12, // u32, all frames, description and manifest included
  requiredKinds: 16, // u32, bit k: there are frames of kind k, which a reader must understand
  inputCount: 20, // u32, values of an input: height x width x channels
  outputCount: 24, // u32, outputs of the last layer
  inputBits: 28, // u8, bits per input value, 1..8
  layerCount: 29, // u8, layers of the program, 1..255
  reserved: 30, // u16, 0
  crc32: 32, // u32, of the bytes 0 to 31
  size: 36,
} as const;

/** The frame header. `crc32` covers the eight bytes before it, the payload, and its zero padding to four bytes. */
export const FRAME = {
  kind: 0, // u8, FRAME_KIND
  layer: 1, // u8, the layer that it configures; 0 in frames of none
  reserved: 2, // u16, 0
  payloadBytes: 4, // u32, without padding
  crc32: 8, // u32, of bytes 0 to 7, then the payload, then its padding
  size: 12,
} as const;

/**
 * The kinds of frames. A reader must understand all kinds below 32, which the header lists. It skips unknown kinds from
 * `ANCILLARY_KIND` on. Kind 1 is reserved.
 */
export const FRAME_KIND = {
  program: 2, // PROGRAM head, then one LAYER record per layer, in order
  preparation: 3, // PREPARATION: what happens to an example before the first layer
  zeroPoints: 4, // channels of the input x u8: what stands for 0
  weights: 5, // binary: rows x ceil(columns / 32) u32: bit i of a row is bit i%32 of word i/32; tail bits 0
  integerWeights: 6, // rows x columns i8, every row padded to four bytes with 0
  constants: 7, // of one layer: see docs/formats/bitstream.md
  goldenVectors: 8, // GOLDEN head, then count x (input, outputs)
  tables: 9, // of a logic layer, a record per table: see docs/formats/bitstream.md
  description: 128, // UTF-8 JSON for people and tools; a device skips it
  manifest: 129, // MANIFEST; the last frame of a signed file; a device gets it first, and the file without it
} as const;
export const REQUIRED_KINDS = 32;
export const ANCILLARY_KIND = 128;
/** Bit k: a reader of this version understands kind k. */
export const KNOWN_KINDS = Object.values(FRAME_KIND)
  .filter((kind) => kind < REQUIRED_KINDS)
  .reduce<number>((mask, kind) => mask | (1 << kind), 0);

/** The head of the program. Offsets count from the first byte of the program's payload. */
export const PROGRAM = {
  arenaBytes: 0, // u32, a multiple of 4: memory for the values of all layers
  preparationOffset: 4, // u32, where the payload of the preparation starts; 0: there is none
  zeroPointsOffset: 8, // u32, where the payload of the zero points starts; 0: there are none
  size: 12,
} as const;

/** The payload of the preparation. */
export const PREPARATION = {
  kind: 0, // u8, PREPARATION_KIND
  samples: 1, // u8, SAMPLE_ENCODING of an example's bytes
  reserved: 2, // u16, 0
  steps: 4, // u32, integers that one standard deviation is, times 4,096; 1 to 524,288
  size: 8,
} as const;

export const PREPARATION_KIND = { standardize: 1 } as const;
export const SAMPLE_ENCODING = { linear: 0, muLaw: 1 } as const;

/** The record of one layer. A dense layer has pictures of 1 x 1 and windows of 1 x 1. */
export const LAYER = {
  kind: 0, // u8, LAYER_KIND
  activation: 1, // u8, ACTIVATION (none: pool, add and logic)
  weights: 2, // u8, WEIGHT_FORM
  inputEncoding: 3, // u8, INPUT_ENCODING; 0 where layers count
  shift: 4, // u8, integer: 0 to 15, counting to 16; requantize: 0 to 31
  operation: 5, // u8, POOL_OPERATION, of a pool; of logic the pins of a table, 2 to 6
  hasFlags: 6, // u8, 1: a bit per channel ends the constants: inverted thresholds, minima of a pool
  outputForm: 7, // u8, VALUE_FORM: how its values lie in memory; always i32 in the last one
  source: 8, // u8, the layer whose values it takes; 255 for the input
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
  weightsOffset: 56, // u32, where the payload of its weights or tables starts; 0: none
  constantsOffset: 60, // u32, the same of its constants
  arenaOffset: 64, // u32, a multiple of 4: where its values lie in the arena
  size: 68,
} as const;

/** A counting layer is a dense one of binary weights whose constants are counts of ones instead of signed sums. */
export const LAYER_KIND = {
  dense: 1,
  convolution: 2,
  pool: 3,
  add: 4,
  activation: 5,
  counting: 6,
  thermometer: 7,
  logic: 8,
} as const;
export const ACTIVATION = { threshold: 0, integer: 1, requantize: 2, none: 255 } as const;
export const WEIGHT_FORM = { none: 0, binary: 1, integer: 2 } as const;
export const INPUT_ENCODING = { unsigned: 0, bipolar: 1 } as const;
export const POOL_OPERATION = { sum: 0, extreme: 1 } as const;
/** The form of values in memory: packed bits (value i is bit i%32 of word i/32, tail bits 0) or one number each. */
export const VALUE_FORM = { bits: 0, u8: 1, i8: 2, i16: 3, i32: 4 } as const satisfies Record<ValueForm, number>;
export const FROM_INPUT = 255;

/** The head of the golden vector frame. */
export const GOLDEN = {
  count: 0, // u32, vectors
  inputBytes: 4, // u32, bytes of one input as it travels, without padding
  size: 8,
} as const;

/**
 * The payload of the manifest frame, which a device gets before anything else, and which a key table has, too. Text is
 * padded with zeros. `docs/formats/bitstream.md` explains it.
 */
export const MANIFEST = {
  product: 0, // ASCII u8 x 32, of `[a-z0-9.-]`: what the firmware was built for
  board: 32, // ASCII u8 x 16, the id of the only kind of board that takes it; all zero: every board of the product
  keyId: 48, // u8 x 8, the first bytes of the SHA-256 of the signer's public key
  securityCounter: 56, // u32, of a circuit: refused below the highest confirmed one; of a key table: its version, which rises
  minimumMajor: 60, // u8, of the oldest firmware that takes it
  minimumMinor: 61, // u8
  kind: 62, // u8, MANIFEST_KIND
  reserved: 63, // u8, 0
  totalBytes: 64, // u32, of the file without this frame, or of the key table
  digest: 68, // u8 x 32, SHA-256 of all these bytes
  signature: 100, // u8 x 64, Ed25519 over a text and the 100 bytes above, see below
  size: 164,
} as const;
/** What a manifest speaks for. */
export const MANIFEST_KIND = { circuit: 0, keyTable: 1 } as const;
/** The prefix of signed manifests, in ASCII, with a zero behind it. A key must not sign other messages with this prefix. */
export const MANIFEST_CONTEXT = 'adiabit manifest 1\0';

/** A key table: its count of keys, then the keys. */
export const KEY_TABLE = {
  count: 0, // u8, 1 to 4
  keys: 1, // count x u8 x 32, public keys of Ed25519
} as const;
export const KEY_BYTES = 32;
export const KEY_ID_BYTES = 8;
export const MAX_KEYS = 4;

export const DIGEST_BYTES = 32;
export { inputBytesOf, paddedTo4 } from '../bits/packing.js';
export { MAX_LAYERS, MAX_OUTPUTS, MAX_SHIFT } from '../network/limits.js';
