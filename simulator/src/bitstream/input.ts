import { DataError } from '../errors.js';
import { inputBytesOf } from './layout.js';

/**
 * Packs an input vector for the line: bits (LSB first) if values have one bit, else one byte each.
 * @throws DataError if the number of values or a value does not fit the circuit
 */
export function packInput(values: Uint8Array, inputCount: number, inputBits: number): Uint8Array {
  if (values.length !== inputCount) {
    throw new DataError('shape-mismatch', `The circuit takes ${inputCount} values, this input has ${values.length}.`, {
      expected: inputCount,
      actual: values.length,
    });
  }
  const limit = 2 ** inputBits;
  const tooLarge = values.findIndex((value) => value >= limit);
  if (tooLarge >= 0) {
    throw new DataError(
      'bad-value',
      `Value ${values[tooLarge]} at position ${tooLarge} has more than ${inputBits} bits.`,
      {
        position: tooLarge,
      },
    );
  }
  if (inputBits > 1) return values.slice();
  const packed = new Uint8Array(inputBytesOf(inputCount, inputBits));
  values.forEach((value, index) => (packed[index >>> 3] |= value << (index & 7)));
  return packed;
}

/** Unpacks an input vector: the inverse of `packInput`. */
export function unpackInput(bytes: Uint8Array, inputCount: number, inputBits: number): Uint8Array {
  if (inputBits > 1) return bytes.slice(0, inputCount);
  return Uint8Array.from({ length: inputCount }, (_, index) => (bytes[index >>> 3] >>> (index & 7)) & 1);
}
