/** Bits: packed matrices, polarity (a set bit is +1), checksums, and hexadecimal text. */
export { crc32 } from './crc32.js';
export { bitOfSign, signOfBit, type Bit, type Sign } from './polarity.js';
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
} from './bit-matrix.js';
export { fromHex, toHex } from './hex.js';
