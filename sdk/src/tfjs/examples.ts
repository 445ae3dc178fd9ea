import { DataError } from '@adiabit/simulator/errors';
import type { ExampleTensor, ModelInput } from './library.js';

/** How far a number may be from the integer that it stands for: float32 divides and multiplies. */
const ROUNDING = 1e-3;

/**
 * Returns examples as circuits and devices take them: a byte a value, x * divisor.
 * @param examples as the model is fed them
 * @throws DataError `data.bad-value` for a number that stands for no integer of that many bits
 */
export async function exampleBytes(examples: ExampleTensor, { bits, divisor }: ModelInput): Promise<Uint8Array[]> {
  const numbers = await examples.data();
  const largest = 2 ** bits - 1;
  const bytes = new Uint8Array(numbers.length);
  for (let index = 0; index < bytes.length; index++) {
    const value = numbers[index] * divisor;
    const integer = Math.round(value);
    if (!(Math.abs(value - integer) <= ROUNDING && integer >= 0 && integer <= largest)) {
      const message =
        `The examples hold ${numbers[index]}, which is no integer from 0 to ${largest} divided by ${divisor}: ` +
        'give the input its bits and the divisor that its numbers were divided by.';
      throw new DataError('bad-value', message, { index, value: numbers[index], bits, divisor });
    }
    bytes[index] = integer;
  }
  const [count] = examples.shape;
  const width = bytes.length / count;
  return Array.from({ length: count }, (_, example) => bytes.subarray(example * width, (example + 1) * width));
}
