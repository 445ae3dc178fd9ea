/**
 * Gives the bytes of one input vector on the line: packed bits (LSB first) for 1-bit inputs, else one byte per value.
 */
export const inputBytesOf = (inputCount: number, inputBits: number): number =>
  inputBits === 1 ? Math.ceil(inputCount / 8) : inputCount;

/** Rounds up to a multiple of four, so that words that follow are aligned. */
export const paddedTo4 = (bytes: number): number => (bytes + 3) & ~3;
