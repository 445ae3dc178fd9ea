import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Random } from '../random.js';
import { LaneSlicer } from './lane-slicer.js';
import { sliceIntoLanes } from './lanes.js';

const COUNTS = [1, 31, 32, 33, 63, 64, 65];
/** As the reference engine has them, as the compiled one has, and no whole number of vectors. */
const WORDS_PER_NET = [1, 2, 3, 5, 4, 8, 16, 32];

const randomInputs = (random: Random, lanes: number, count: number, bits: number): Uint8Array[] =>
  Array.from({ length: lanes }, () => Uint8Array.from({ length: count }, () => random.below(2 ** bits)));

const words = (planes: readonly Uint32Array[]): number[][] => planes.map((plane) => [...plane]);

it('inputs become the same planes as bit by bit: all widths of values, counts around a word, any number of words', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 8 }),
      fc.oneof(fc.constantFrom(...COUNTS), fc.integer({ min: 1, max: 200 })),
      fc.constantFrom(...WORDS_PER_NET),
      fc.nat(),
      (inputBits, inputCount, wordsPerNet, seed) => {
        const random = Random.fromSeed(seed, 'slicer');
        const slicer = new LaneSlicer({ inputCount, inputBits }, wordsPerNet);
        for (const part of [1, 0.9, 0.3]) {
          const lanes = Math.ceil(32 * wordsPerNet * part);
          const inputs = randomInputs(random, lanes, inputCount, inputBits);
          slicer.slice(inputs);
          expect(words(slicer.planes)).toEqual(words(sliceIntoLanes(inputs, inputBits, wordsPerNet)));
        }
      },
    ),
    { numRuns: 100 },
  );
});
