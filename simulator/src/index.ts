/**
 * The fabric: what an Adiabit circuit is and how it runs. No machine learning, no serial port, no Electron; it runs in
 * Node and in browsers.
 */
export * from './errors.js';
export { crc32 } from './bits/crc32.js';
export { bitOfSign, signOfBit, type Bit, type Sign } from './bits/polarity.js';
export {
  bitMatrixFrom,
  bitMatrixOfWords,
  createBitMatrix,
  getBit,
  popcount32,
  popcountRow,
  setBit,
  wordsFor,
  type BitMatrix,
} from './bits/bit-matrix.js';
export { toHex } from './bits/hex.js';
export {
  accumulatorMaximum,
  neverThreshold,
  validateArchitecture,
  type Architecture,
  type DenseLayer,
} from './fabric/architecture.js';
export { validateConfiguration, type Configuration, type LayerConfiguration } from './fabric/configuration.js';
export type { Bitstream, Description, GoldenVector } from './bitstream/bitstream.js';
export { encodeBitstream } from './bitstream/encode.js';
export { bitstreamDigest, decodeBitstream } from './bitstream/decode.js';
export { packInput, unpackInput } from './bitstream/input.js';
export * as layout from './bitstream/layout.js';
