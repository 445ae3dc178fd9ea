import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitMatrixFrom } from '../../bits/bit-matrix.js';
import { CompiledEngine } from '../../engines/compiled.js';
import { ReferenceEngine } from '../../engines/reference.js';
import { runInferences } from '../../engines/run.js';
import { validateNetlist } from '../../netlist/validate.js';
import { elaborate } from './elaborate.js';
import { networkOfCounts } from '../../network/counts.js';
import { expectedOutputs } from './testing/definition.js';
import { randomNetwork } from './testing/random-network.js';

describe('an elaborated circuit', () => {
  it('gives the outputs and the class of the definition on both engines, at every width around a word and with any popcounts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(1, 2, 5, 31, 32, 33, 63, 64, 65), { minLength: 2, maxLength: 4 }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 0, max: 4 }),
        fc.record({
          counter: fc.constantFrom(3 as const, 6 as const, 7 as const),
          levelsPerStage: fc.integer({ min: 1, max: 5 }),
        }),
        fc.infiniteStream(fc.nat()),
        async (widths, inputBits, shift, tree, stream) => {
          const next = (below: number): number => Number(stream.next().value) % below;
          const network = randomNetwork(widths, inputBits, shift, next);
          const circuit = elaborate('random', network, tree);
          validateNetlist(circuit.netlist);
          const inputs = Array.from({ length: 5 }, () =>
            Uint8Array.from({ length: widths[0] }, () => next(2 ** inputBits)),
          );
          const expected = inputs.map((input) => expectedOutputs(network, input));
          for (const engine of [new ReferenceEngine(circuit.netlist), new CompiledEngine(circuit.netlist, 1)]) {
            const run = await runInferences(circuit, engine, inputs);
            expect([...run.outputs]).toEqual(expected.flat());
            expect([...run.classes]).toEqual(expected.map((outputs) => outputs.indexOf(Math.max(...outputs))));
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('is right on every input, weight and threshold of a neuron with three inputs', async () => {
    const inputs = Array.from({ length: 8 }, (_, pattern) =>
      Uint8Array.from({ length: 3 }, (_unused, bit) => (pattern >> bit) & 1),
    );
    for (let weights = 0; weights < 8; weights++) {
      for (let threshold = 0; threshold <= 4; threshold++) {
        const shape = { inputBits: 1, shift: 0 } as const;
        const network = networkOfCounts([
          {
            ...shape,
            activation: 'threshold',
            inputs: 3,
            outputs: 1,
            weights: bitMatrixFrom(1, 3, (_, column) => ((weights >> column) & 1) === 1),
            thresholds: Uint32Array.of(threshold),
            offsets: new Int32Array(),
          },
          {
            ...shape,
            activation: 'integer',
            inputs: 1,
            outputs: 1,
            weights: bitMatrixFrom(1, 1, () => true),
            thresholds: new Uint32Array(),
            offsets: Int32Array.of(0),
          },
        ]);
        const circuit = elaborate('neuron', network);
        const run = await runInferences(circuit, new CompiledEngine(circuit.netlist, 1), inputs);
        expect([...run.outputs]).toEqual(inputs.flatMap((input) => expectedOutputs(network, input)));
      }
    }
  });

  it('answers a stream longer than a group of lanes in one interval per group', async () => {
    let state = 1;
    const next = (below: number): number => (state = (state * 48271) % 2147483647) % below;
    const network = randomNetwork([9, 4, 3], 2, 1, next);
    const circuit = elaborate('stream', network);
    const inputs = Array.from({ length: 300 }, () => Uint8Array.from({ length: 9 }, () => next(4)));
    const run = await runInferences(circuit, new CompiledEngine(circuit.netlist, 1), inputs);
    expect([...run.outputs]).toEqual(inputs.flatMap((input) => expectedOutputs(network, input)));
    expect(run.cycles).toBe(2 * circuit.timing.initiationInterval + circuit.timing.latency + 1);
  });

  it('has one xnor cell and one configuration bit per weight', () => {
    const network = randomNetwork([33, 7, 2], 4, 0, () => 1);
    const { netlist, configuration } = elaborate('count', network);
    const xnor = netlist.cells.kind.filter((code) => code === 4).length;
    expect(xnor).toBe(33 * 7 + 7 * 2);
    expect(configuration.columns).toBe(netlist.cells.kind.filter((code) => code === 10).length);
  });

  it('refuses inputs of another length or with too many bits', async () => {
    const network = randomNetwork([3, 2], 2, 0, () => 1);
    const circuit = elaborate('small', network);
    const engine = new ReferenceEngine(circuit.netlist);
    await expect(runInferences(circuit, engine, [Uint8Array.of(1, 2)])).rejects.toMatchObject({
      code: 'data.shape-mismatch',
    });
    await expect(runInferences(circuit, engine, [Uint8Array.of(1, 2, 4)])).rejects.toMatchObject({
      code: 'data.bad-value',
    });
  });
});
