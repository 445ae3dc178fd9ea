import type { Bitstream } from '@adiabit/simulator/bitstream';
import { Random } from '../../random.js';

/** How many values of a golden vector are drawn anew: one in this many. */
const REDRAWN_ONE_IN = 8;

/**
 * Draws inputs for a circuit; the same seed gives the same inputs on every machine. Every second one is a golden vector with
 * an eighth of its values drawn anew, so that it looks like what the circuit was made for; the others are uniform.
 */
export function canaryInputs(
  { network, goldenVectors }: Pick<Bitstream, 'network' | 'goldenVectors'>,
  count: number,
  seed: number,
): readonly Uint8Array[] {
  const random = Random.fromSeed(seed, 'canary');
  const levels = 2 ** network.input.bits;
  const golden = goldenVectors.length;
  return Array.from({ length: count }, (_, index) => {
    if (index % 2 === 0 || golden === 0)
      return Uint8Array.from({ length: network.input.count }, () => random.below(levels));
    return goldenVectors[random.below(golden)].input.map((value) =>
      random.below(REDRAWN_ONE_IN) === 0 ? random.below(levels) : value,
    );
  });
}
