import type { CircuitPorts } from '../circuit/circuit.js';
import { Random } from '../random.js';

/** Up to this many input bits all inputs are tried: 4,096 of them. */
const EXHAUSTIVE_BITS = 12;

/**
 * Gives inputs to compare circuits with: all inputs if they are few, else `count` random ones.
 * @param seed the same seed gives the same inputs
 */
export function inputVectors(
  { shape }: { readonly shape: CircuitPorts },
  count: number,
  seed: number,
): readonly Uint8Array[] {
  const { inputCount: inputs, inputBits } = shape;
  const bits = inputs * inputBits;
  if (bits <= EXHAUSTIVE_BITS) {
    return Array.from({ length: 2 ** bits }, (_, number) =>
      Uint8Array.from({ length: inputs }, (_unused, input) => (number >> (input * inputBits)) & (2 ** inputBits - 1)),
    );
  }
  const random = Random.fromSeed(seed, 'input vectors');
  return Array.from({ length: count }, () => Uint8Array.from({ length: inputs }, () => random.below(2 ** inputBits)));
}
