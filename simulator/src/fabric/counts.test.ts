import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CompiledEngine } from '../engines/compiled.js';
import { runInferences } from '../engines/run.js';
import { countLayers } from './counts.js';
import { elaborate } from './elaborate.js';
import { randomNetwork } from './testing/random-network.js';

const widths = fc.constantFrom(1, 2, 31, 32, 33, 63, 64, 65);

it('counts what the circuit computes, for any widths and input bits', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(widths, { minLength: 2, maxLength: 4 }),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 0, max: 6 }),
      fc.infiniteStream(fc.nat()),
      async (layers, inputBits, shift, noise) => {
        const next = (below: number): number => Number(noise.next().value) % below;
        const { architecture, configuration } = randomNetwork(layers, inputBits, shift, next);
        const circuit = elaborate('random', architecture, configuration);
        const inputs = Array.from({ length: 3 }, () =>
          Uint8Array.from({ length: layers[0] }, () => next(2 ** inputBits)),
        );
        const run = await runInferences(circuit, new CompiledEngine(circuit.netlist, 1), inputs);
        const counted = inputs.flatMap((input) => [...countLayers(architecture, configuration, input).at(-1)!.outputs]);
        expect(counted).toEqual([...run.outputs]);
      },
    ),
    { numRuns: 40 },
  );
});

it('refuses an input of another length', () => {
  const { architecture, configuration } = randomNetwork([4, 2], 1, 0, () => 0);
  expect(() => countLayers(architecture, configuration, new Uint8Array(3))).toThrow('3 values, the circuit takes 4');
});
