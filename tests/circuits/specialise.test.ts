import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CompiledEngine, ReferenceEngine, elaborate, runInferences, type Machine } from '@adiabit/simulator';
import { bitMatrixFrom } from '@adiabit/simulator/bits';
import { levelize, netlistStats, printNetlist, validateNetlist, type Netlist } from '@adiabit/simulator/netlist';
import { SPECIALISING_PASSES, inForm, retimeRegisters, runPass, specialise } from '@adiabit/sdk/compile';
import { INPUT_WIDTH, randomNetlist } from '../../simulator/src/netlist/testing/random-netlist.js';
import { randomNetwork } from '../../simulator/src/circuit/unrolled/testing/random-network.js';

/** What the port y of a random netlist shows in every cycle. */
function outputsOf(circuit: Machine, stimulus: readonly Uint32Array[]): string[] {
  const engine = new ReferenceEngine(circuit.netlist);
  engine.configure(circuit.configuration);
  engine.reset();
  return stimulus.map((words) => {
    engine.setInput('x', words);
    engine.evaluate();
    const seen = engine.getOutput('y').join('');
    engine.clock();
    return seen;
  });
}

describe('every pass', () => {
  it('keeps every net of a random circuit with feedback, in every cycle from the first on', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), (stream) => {
        const noise = (): number => Number(stream.next().value);
        let circuit = randomCircuit(noise);
        const stimulus = Array.from({ length: 12 }, () => Uint32Array.from({ length: INPUT_WIDTH }, () => noise() % 2));
        const expected = outputsOf(circuit, stimulus);
        for (const [index, pass] of [...SPECIALISING_PASSES, retimeRegisters].entries()) {
          circuit = { ...circuit, netlist: runPass(pass, circuit) };
          if (index === 0) circuit = { ...circuit, configuration: bitMatrixFrom(1, 0, () => false) };
          validateNetlist(circuit.netlist);
          expect(outputsOf(circuit, stimulus), pass.name).toEqual(expected);
        }
      }),
      { numRuns: 200 },
    );
  });
});

/** A random netlist around which there is a circuit. */
function randomCircuit(noise: () => number): Machine {
  const { netlist, configurationBits } = randomNetlist(noise);
  const configuration = bitMatrixFrom(1, configurationBits, () => noise() % 2 === 1);
  const timing = { planes: 1, initiationInterval: 1, latency: 0 };
  const shape = { inputCount: 0, inputBits: 1, outputCount: 0 };
  return { netlist, configuration, timing, shape };
}

describe('specialising', () => {
  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), (stream) => {
        const once = specialise(randomCircuit(() => Number(stream.next().value))).circuit;
        const again = specialise(once);
        expect([...printNetlist(again.circuit.netlist)]).toEqual([...printNetlist(once.netlist)]);
        expect(again.passes.map(({ name }) => name)).toEqual(['fix configuration']);
      }),
      { numRuns: 200 },
    );
  });

  it('of a network changes nothing the second time', () => {
    const network = randomNetwork([65, 33, 5], 3, 1, (below) => (state = (state * 48271) % 2147483647) % below);
    const once = specialise(elaborate('twice', network)).circuit;
    expect([...printNetlist(specialise(once).circuit.netlist)]).toEqual([...printNetlist(once.netlist)]);
  });
});

let state = 7;

describe('the specialised form of a network', () => {
  it('gives the outputs of the configurable form with the same latency on both engines', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(1, 2, 5, 31, 32, 33, 63, 64, 65), { minLength: 2, maxLength: 4 }),
        fc.integer({ min: 1, max: 8 }),
        fc.infiniteStream(fc.nat()),
        async (widths, inputBits, stream) => {
          const next = (below: number): number => Number(stream.next().value) % below;
          const network = randomNetwork(widths, inputBits, 2, next);
          const configurable = elaborate('random', network);
          const { circuit, passes } = specialise(configurable);
          const inputs = Array.from({ length: 6 }, () =>
            Uint8Array.from({ length: widths[0] }, () => next(2 ** inputBits)),
          );
          const expected = await runInferences(configurable, new CompiledEngine(configurable.netlist, 1), inputs);
          for (const engine of [new ReferenceEngine(circuit.netlist), new CompiledEngine(circuit.netlist, 1)]) {
            // runInferences checks `valid` in every cycle against the timing, which specialising keeps.
            const run = await runInferences(circuit, engine, inputs);
            expect(run.outputs).toEqual(expected.outputs);
            expect(run.classes).toEqual(expected.classes);
          }
          expect(circuit.timing).toEqual(configurable.timing);
          expect(passes.at(-1)!.gatesAfter).toBeLessThanOrEqual(passes[0].gatesBefore);
        },
      ),
      { numRuns: 15 },
    );
  });
});

describe('a network with its registers retimed', () => {
  it('keeps outputs and cycles of networks, lengthens no path, and finds nothing more to do after itself', async () => {
    const longest = ({ netlist }: { netlist: Netlist }): number => levelize(netlist).depth;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(1, 2, 5, 31, 32, 33, 63, 64, 65), { minLength: 2, maxLength: 3 }),
        fc.integer({ min: 1, max: 4 }),
        fc.constantFrom('configurable' as const, 'specialised' as const),
        fc.infiniteStream(fc.nat()),
        async (widths, inputBits, form, stream) => {
          const next = (below: number): number => Number(stream.next().value) % below;
          const network = randomNetwork(widths, inputBits, 2, next);
          const circuit = elaborate('random', network);
          const plain = inForm(form, circuit).circuit;
          const moved = inForm(form, circuit, true).circuit;
          validateNetlist(moved.netlist);
          expect(longest(moved)).toBeLessThanOrEqual(longest(plain));
          expect(netlistStats(moved.netlist).registers).toBeLessThanOrEqual(netlistStats(plain.netlist).registers);
          expect([...printNetlist(runPass(retimeRegisters, moved))]).toEqual([...printNetlist(moved.netlist)]);
          const inputs = Array.from({ length: 5 }, () =>
            Uint8Array.from({ length: widths[0] }, () => next(2 ** inputBits)),
          );
          const [expected, run] = await Promise.all(
            [plain, moved].map((one) => runInferences(one, new CompiledEngine(one.netlist, 1), inputs)),
          );
          expect(run).toEqual(expected);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('takes away more than a third of the registers of a layer of 200 inputs', () => {
    const next = (below: number): number => (state = (state * 48271) % 2147483647) % below;
    const network = randomNetwork([200, 8, 4], 1, 0, next);
    const circuit = elaborate('wide', network);
    const [{ registersBefore, registersAfter, gatesBefore, gatesAfter }] = inForm('configurable', circuit, true).passes;
    expect(registersAfter).toBeLessThan(0.67 * registersBefore);
    expect(gatesAfter).toBe(gatesBefore);
  });
});
