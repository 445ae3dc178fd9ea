import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NetlistBuilder } from '../netlist/builder.js';
import { Random } from '../random.js';
import { LaneReader } from './lane-reader.js';
import { gatherLanes } from './lanes.js';

/** Something with so many bits at each output port, whose words are noise. */
function noise(widths: readonly number[], wordsPerNet: number, seed: number) {
  const random = Random.fromSeed(seed, 'reader');
  const builder = new NetlistBuilder('noise');
  widths.forEach((width, index) => builder.output(`y${index}`, [...builder.input(`x${index}`, width)]));
  const words = new Map(
    widths.map((width, index) => [
      `y${index}`,
      Uint32Array.from({ length: width * wordsPerNet }, () => random.below(1 << 16) * 65_536 + random.below(1 << 16)),
    ]),
  );
  return { netlist: builder.build(), wordsPerNet, getOutput: (port: string) => words.get(port) ?? new Uint32Array() };
}

it('numbers are read as bit by bit, with sign and without, at ports of 1 to 32 bits side by side', () => {
  const width = fc.oneof(fc.constantFrom(1, 2, 8, 31, 32), fc.integer({ min: 1, max: 32 }));
  fc.assert(
    fc.property(
      fc.array(width, { minLength: 1, maxLength: 5 }),
      fc.constantFrom(1, 2, 3, 4, 5, 8, 16, 32),
      fc.boolean(),
      fc.nat(),
      (widths, wordsPerNet, areSigned, seed) => {
        const engine = noise(widths, wordsPerNet, seed);
        const ports = widths.map((_, index) => `y${index}`);
        const reader = new LaneReader(engine, ports, areSigned);
        const lanes = 32 * wordsPerNet;
        const numbers = [...reader.read()];
        ports.forEach((port, index) => {
          const expected = [...gatherLanes(engine.getOutput(port), lanes, wordsPerNet, areSigned)];
          expect(numbers.filter((_, at) => at % ports.length === index)).toEqual(expected);
        });
        expect([...reader.read()]).toEqual(numbers);
      },
    ),
    { numRuns: 100 },
  );
});
