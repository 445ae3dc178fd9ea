import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CompiledEngine } from '../../engines/compiled.js';
import { ReferenceEngine } from '../../engines/reference.js';
import { runInferences } from '../../engines/run.js';
import { validateNetlist } from '../../netlist/validate.js';
import { isBinaryDense } from '../../network/counts.js';
import { createOracle } from '../../network/oracle.js';
import { hasUnrolledForm } from '../../network/unrolled.js';
import { elaborateFolded } from '../folded/elaborate-folded.js';
import { randomFolding } from '../folded/testing/random-folding.js';
import { elaborate } from './elaborate.js';
import { randomThermometerNetwork } from './testing/random-network.js';

describe('a thermometer', () => {
  it('gives the outputs of the oracle, unrolled and folded, at every width around a word', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(1, 31, 32, 33, 63, 64, 65),
        fc.constantFrom(1, 31, 32, 33, 63, 64, 65),
        fc.boolean(),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 8 }),
        fc.infiniteStream(fc.nat()),
        async (width, hidden, isLine, levels, inputBits, stream) => {
          const next = (below: number): number => Number(stream.next().value) % below;
          const shape = isLine ? ([1, width, 1] as const) : ([1, 1, width] as const);
          const network = randomThermometerNetwork(shape, levels, [hidden, 3], inputBits, next);
          expect([hasUnrolledForm(network), isBinaryDense(network)]).toEqual([true, false]);
          const inputs = Array.from({ length: 4 }, () =>
            Uint8Array.from({ length: width }, () => next(2 ** inputBits)),
          );
          const expected = inputs.flatMap((input) => [...createOracle(network)(input).outputs]);
          const unrolled = elaborate('thermometer', network);
          validateNetlist(unrolled.netlist);
          expect(unrolled.timing.initiationInterval).toBe(inputBits);
          const folded = elaborateFolded('thermometer', network, randomFolding(network, next, 256));
          for (const [circuit, engine] of [
            [unrolled, new ReferenceEngine(unrolled.netlist)],
            [unrolled, new CompiledEngine(unrolled.netlist, 1)],
            [folded, new CompiledEngine(folded.netlist, 1)],
          ] as const) {
            expect([...(await runInferences(circuit, engine, inputs)).outputs]).toEqual(expected);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('compares every value with every threshold, one input after the other without a pause', async () => {
    const bits = 3;
    const thresholds = Int32Array.from({ length: 2 ** bits }, (_, threshold) => threshold);
    const network = randomThermometerNetwork([1, 1, 1], thresholds.length, [1], bits, () => 0);
    const [first, last] = network.layers;
    const all = {
      ...network,
      layers: [{ ...first, activation: { kind: 'threshold', thresholds } } as typeof first, last],
    };
    const circuit = elaborate('all', all);
    const inputs = Array.from({ length: 2 ** bits }, (_, value) => Uint8Array.of(value));
    const { outputs } = await runInferences(circuit, new ReferenceEngine(circuit.netlist), inputs);
    expect([...outputs]).toEqual(inputs.flatMap((input) => [...createOracle(all)(input).outputs]));
    expect(new Set(outputs).size).toBe(2 ** bits);
  });
});
