import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Random } from '../random.js';
import { sourcesOf } from './network.js';
import { createOracle, valuesOfInput } from './oracle.js';
import { randomInputs, randomLayers } from './testing/random-layers.js';
import { votesOf } from './votes.js';

it('the votes for every sum of any network add up to it', () => {
  let sums = 0;
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const random = Random.fromSeed(seed, 'votes');
      const next = (below: number): number => random.below(below);
      const network = randomLayers(next);
      const [input] = randomInputs(next, network, 3).slice(2);
      const trace = createOracle(network)(input);
      network.layers.forEach((layer, index) => {
        if (layer.kind !== 'dense' && layer.kind !== 'convolution') return;
        const [source] = sourcesOf(layer, index);
        const before = source < 0 ? valuesOfInput(network.input, input) : trace.values[source];
        for (const at of [0, next(trace.sums[index].length), trace.sums[index].length - 1]) {
          const { up, down } = votesOf(layer, before, at);
          expect(up - down).toBe(trace.sums[index][at]);
          expect(Math.min(up, down)).toBeGreaterThanOrEqual(0);
          sums++;
        }
      });
    }),
    { seed: 1, numRuns: 100 },
  );
  expect(sums).toBeGreaterThan(200);
});
