import type { GoldenVector } from './bitstream.js';
import { badValue, type Frame } from './frames.js';
import { packInput, unpackInput } from './input.js';
import { GOLDEN, inputBytesOf, paddedTo4 } from './layout.js';
import { littleEndianWords } from './little-endian.js';
import type { CircuitShape } from './shape.js';

/** Encodes the payload of the golden vector frame. */
export function goldenPayload(shape: CircuitShape, goldenVectors: readonly GoldenVector[]): Uint8Array {
  const { inputCount, inputBits, outputCount } = shape;
  const inputBytes = inputBytesOf(inputCount, inputBits);
  const stride = paddedTo4(inputBytes) + 4 * outputCount;
  const bytes = new Uint8Array(GOLDEN.size + goldenVectors.length * stride);
  const view = new DataView(bytes.buffer);
  view.setUint32(GOLDEN.count, goldenVectors.length, true);
  view.setUint32(GOLDEN.inputBytes, inputBytes, true);
  goldenVectors.forEach((vector, index) => {
    const at = GOLDEN.size + index * stride;
    bytes.set(packInput(vector.input, inputCount, inputBits), at);
    bytes.set(littleEndianWords(vector.outputs), at + paddedTo4(inputBytes));
  });
  return bytes;
}

/**
 * Decodes the golden vector frame.
 * @throws FormatError if the vectors do not fit the circuit
 */
export function decodeGoldenVectors(frame: Frame, shape: CircuitShape): GoldenVector[] {
  const { inputCount, inputBits, outputCount } = shape;
  const inputBytes = inputBytesOf(inputCount, inputBits);
  const stride = paddedTo4(inputBytes) + 4 * outputCount;
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
      input: unpackInput(packed, inputCount, inputBits),
      outputs: Int32Array.from({ length: outputCount }, (_unused, output) =>
        payload.getInt32(at + paddedTo4(inputBytes) + output * 4, true),
      ),
    };
  });
}
