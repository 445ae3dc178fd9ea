import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CompiledEngine,
  encodeBitstream,
  bitstreamOf,
  decodeBitstream,
  runInferences,
  type CompileError,
} from '@adiabit/simulator';
import { planMemory } from '@adiabit/simulator/network';
import { circuitOf } from '@adiabit/sdk';
import { TARGETS, describeFolding, estimate, fold } from '@adiabit/sdk/compile';
import { randomNetwork } from '../../simulator/src/circuit/unrolled/testing/random-network.js';
import { goldenVectorsOf, smallPictureNetwork } from '../support/small-picture-network.js';

const network = smallPictureNetwork();
const description = { name: 'pictures', modelDigest: '00', compiler: 'tests' };

const refusalOf = (run: () => unknown): CompileError => {
  try {
    run();
  } catch (error) {
    return error as CompileError;
  }
  throw new Error('Nothing was refused.');
};

describe('the folded form of a bitstream', () => {
  it('gives the outputs and classes of the unrolled circuit of the same bytes, for any widths and input bits', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(1, 2, 5, 31, 32, 33, 64), { minLength: 2, maxLength: 4 }),
        fc.integer({ min: 1, max: 8 }),
        fc.constantFrom(0, 3, 16),
        fc.infiniteStream(fc.nat()),
        async (widths, inputBits, shift, stream) => {
          const next = (below: number): number => Number(stream.next().value) % below;
          const network = randomNetwork(widths, inputBits, inputBits > 1 ? 3 : shift, next);
          const bytes = encodeBitstream(bitstreamOf(network, description));
          const bitstream = decodeBitstream(bytes);
          const unrolled = circuitOf(bitstream, 'configurable').circuit;
          const inputs = Array.from({ length: 4 }, () =>
            Uint8Array.from({ length: widths[0] }, () => next(2 ** inputBits)),
          );
          const { circuit: folded } = circuitOf(bitstream, 'folded');
          const run = await runInferences(folded, new CompiledEngine(folded.netlist, 1), inputs);
          const expected = await runInferences(unrolled, new CompiledEngine(unrolled.netlist, 1), inputs);
          expect(run.outputs).toEqual(expected.outputs);
          expect(run.classes).toEqual(expected.classes);
        },
      ),
      { numRuns: 6 },
    );
  });

  it('is the answer for a bitstream of pictures, whose golden vectors it gives', async () => {
    const goldenVectors = goldenVectorsOf(network, 3);
    const bitstream = decodeBitstream(
      encodeBitstream({ network, memory: planMemory(network), goldenVectors, description }),
    );
    expect(refusalOf(() => circuitOf(bitstream, 'specialised'))).toMatchObject({ code: 'compile.unsupported' });
    const { circuit } = circuitOf(bitstream, 'folded', { maxLuts: 4000 });
    const run = await runInferences(
      circuit,
      new CompiledEngine(circuit.netlist, 1),
      goldenVectors.map(({ input }) => input),
    );
    expect([...run.outputs]).toEqual(goldenVectors.flatMap(({ outputs }) => [...outputs]));
  });
});

describe('the choice of a folding', () => {
  it('takes fewer cycles the more tables it may have, and never more tables', () => {
    const latencies = [2000, 3000, 6000].map((maxLuts) => {
      const { circuit, estimate: size } = fold('pictures', network, { maxLuts });
      expect(size.luts).toBeLessThanOrEqual(maxLuts);
      expect(size).toEqual(estimate(circuit.netlist, 4));
      return circuit.timing.latency;
    });
    expect(latencies[1]).toBeLessThan(latencies[0]);
    expect(latencies[2]).toBeLessThan(latencies[1]);
  });

  it('keeps additions and activations at the PE of the layer before, so that no memory lies between', () => {
    for (const maxLuts of [2000, 3000, 6000]) {
      const { netlist, folding } = fold('pictures', network, { maxLuts }).circuit;
      const [, , convolution, sum, threshold] = folding.layers;
      expect([sum.pe, threshold.pe]).toEqual([convolution.pe, convolution.pe]);
      const maps = netlist.groups.map(({ name }) => name).filter((name) => /^layer[234]\.map/.test(name));
      expect(maps).toEqual(['layer2.map0', 'layer3.map0']);
    }
  });

  it('reaches a goal in cycles with no more than it takes', () => {
    const fast = fold('pictures', network, { target: 'ecp5-25k', maxCyclesPerInference: 1000 });
    const slow = fold('pictures', network, { target: 'ecp5-25k', maxCyclesPerInference: 3000 });
    expect(fast.circuit.timing.latency).toBeLessThanOrEqual(1000);
    expect(slow.circuit.timing.latency).toBeLessThanOrEqual(3000);
    expect(slow.estimate.luts).toBeLessThan(fast.estimate.luts);
  });

  it('says need, have and the nearest folding that fits when a goal is out of reach', () => {
    const tooFast = refusalOf(() => fold('pictures', network, { maxLuts: 3000, maxCyclesPerInference: 100 }));
    expect(tooFast).toMatchObject({ code: 'compile.budget-exceeded', details: { have: 100 } });
    const nearest = fold('pictures', network, { maxLuts: 3000 }).circuit;
    expect(tooFast.details['need']).toBe(nearest.timing.latency);
    expect(tooFast.message).toContain(describeFolding(nearest.folding));
    const tooSmall = refusalOf(() => fold('pictures', network, { maxLuts: 100 }));
    expect(tooSmall).toMatchObject({ code: 'compile.budget-exceeded', details: { have: 100, target: 'the limit' } });
    expect(tooSmall.details['need']).toBeGreaterThan(900);
  });

  it('counts the memory of a chip too: more weights than it holds are refused', () => {
    const { memoryBits } = fold('pictures', network, { target: 'ice40-up5k' }).estimate;
    expect(memoryBits).toBeLessThanOrEqual(TARGETS['ice40-up5k'].memoryBits);
    const dense = randomNetwork([400, 400, 2], 1, 0, (below) => below - 1);
    const refusal = refusalOf(() => fold('large', dense, { target: 'ice40-up5k' }));
    expect(refusal).toMatchObject({ code: 'compile.budget-exceeded', details: { have: 122_880 } });
    expect(refusal.message).toMatch(/memory bits, Lattice iCE40 UP5K has/);
    expect(refusal.details['need']).toBeGreaterThan(160_000);
  });

  it('refuses nothing for its size where no limit was asked for: boards run it all the same', () => {
    const classes = randomNetwork([8, 1200], 1, 0, (below) => below - 1);
    expect(fold('many classes', classes).estimate.luts).toBeGreaterThan(20_000);
    expect(refusalOf(() => fold('many classes', classes, { maxLuts: 20_000 }))).toMatchObject({
      code: 'compile.budget-exceeded',
    });
  });

  it('refuses a folding that does not divide the channels, naming those that do', () => {
    const one = { pe: 1, simd: 1 };
    const folding = {
      inputValues: 2,
      layers: network.layers.map((_, index) => (index === 5 ? { pe: 4, simd: 4 } : one)),
    };
    const refusal = refusalOf(() => fold('pictures', network, { folding }));
    expect(refusal).toMatchObject({ code: 'compile.unsupported', details: { layer: 5, allowed: [1, 2, 3, 6] } });
  });
});
