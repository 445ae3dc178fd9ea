/**
 * Rows of packed bits. Bit i of a row is bit i % 32 of word i / 32, and the tail bits of the last word are 0. With that
 * invariant, popcounts, digests and the firmware work on whole words.
 */
export interface BitMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly wordsPerRow: number;
  readonly words: Uint32Array;
}

export const WORD_BITS = 32;

export const wordsFor = (bits: number): number => Math.ceil(bits / WORD_BITS);

/**
 * Gives the mask of the valid bits in the last word of a vector of `bits` bits (all ones if the vector ends on a word
 * boundary).
 */
export const tailMask = (bits: number): number => (bits % WORD_BITS === 0 ? 0xffffffff : 2 ** (bits % WORD_BITS) - 1);

export function createBitMatrix(rows: number, columns: number): BitMatrix {
  const wordsPerRow = wordsFor(columns);
  return { rows, columns, wordsPerRow, words: new Uint32Array(rows * wordsPerRow) };
}

/** Builds a matrix from a function of row and column that is true for a 1. */
export function bitMatrixFrom(rows: number, columns: number, bit: (row: number, column: number) => boolean): BitMatrix {
  const matrix = createBitMatrix(rows, columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) if (bit(row, column)) setBit(matrix, row, column);
  }
  return matrix;
}

/** Copies packed words into a new matrix and clears the tail bits. */
export function bitMatrixOfWords(rows: number, columns: number, words: Uint32Array): BitMatrix {
  const matrix = createBitMatrix(rows, columns);
  matrix.words.set(words.subarray(0, matrix.words.length));
  const last = matrix.wordsPerRow - 1;
  for (let row = 0; row < rows; row++) matrix.words[row * matrix.wordsPerRow + last] &= tailMask(columns);
  return matrix;
}

export const getBit = (matrix: BitMatrix, row: number, column: number): number =>
  (matrix.words[row * matrix.wordsPerRow + (column >>> 5)] >>> (column & 31)) & 1;

export function setBit(matrix: BitMatrix, row: number, column: number): void {
  matrix.words[row * matrix.wordsPerRow + (column >>> 5)] |= 1 << (column & 31);
}

/** Tells whether every bit beyond the last column is 0. */
export function hasCleanTails(matrix: BitMatrix): boolean {
  const outside = ~tailMask(matrix.columns);
  for (let row = 0; row < matrix.rows; row++) {
    if (matrix.words[(row + 1) * matrix.wordsPerRow - 1] & outside) return false;
  }
  return true;
}

/** Counts the ones in a 32-bit word (Hacker's Delight, figure 5-2). */
export function popcount32(word: number): number {
  let x = word - ((word >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  x = (x + (x >>> 4)) & 0x0f0f0f0f;
  return Math.imul(x, 0x01010101) >>> 24;
}

export function popcountRow(matrix: BitMatrix, row: number): number {
  let count = 0;
  for (let word = row * matrix.wordsPerRow; word < (row + 1) * matrix.wordsPerRow; word++) {
    count += popcount32(matrix.words[word]);
  }
  return count;
}
