import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CompiledEngine } from '../../engines/compiled.js';
import { ReferenceEngine } from '../../engines/reference.js';
import { runInferences } from '../../engines/run.js';
import { validateNetlist } from '../../netlist/validate.js';
import { createOracle } from '../../network/oracle.js';
import { randomInputs, randomLayers } from '../../network/testing/random-layers.js';
import { elaborateFolded } from './elaborate-folded.js';
import { streamHeads } from './streams.js';
import { randomFolding, workOf } from './testing/random-folding.js';
import { foldingInStreams, randomResidual } from './testing/random-residual.js';
import { unitsOf } from './units.js';

describe('a folded circuit', () => {
  it('gives the outputs and the class of the oracle in the promised cycle, for any network and folding', async () => {
    let tried = 0;
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat()), async (stream) => {
        const next = (below: number): number => Number(stream.next().value) % below;
        const network = randomLayers(next);
        const folding = randomFolding(network, next, 64);
        if (workOf(network, folding) > 6000) return;
        tried++;
        const circuit = elaborateFolded('random', network, folding);
        validateNetlist(circuit.netlist);
        const inputs = randomInputs(next, network, 4);
        const traces = inputs.map(createOracle(network));
        const run = await runInferences(circuit, new CompiledEngine(circuit.netlist, 1), inputs);
        expect([...run.outputs]).toEqual(traces.flatMap(({ outputs }) => [...outputs]));
        expect([...run.classes]).toEqual(traces.map((trace) => trace.class));
      }),
      { numRuns: 40 },
    );
    expect(tried).toBeGreaterThan(10);
  });

  it('takes the next input after its initiation interval, while layers still work on the one before', async () => {
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat()), async (stream) => {
        const next = (below: number): number => Number(stream.next().value) % below;
        const network = randomLayers(next);
        const folding = randomFolding(network, next, 8);
        if (workOf(network, folding) > 300) return;
        const circuit = elaborateFolded('random', network, folding);
        const inputs = randomInputs(next, network, 4);
        const run = await runInferences(circuit, new ReferenceEngine(circuit.netlist), inputs);
        expect([...run.outputs]).toEqual(inputs.flatMap((input) => [...createOracle(network)(input).outputs]));
        const { initiationInterval, latency } = circuit.timing;
        expect(run.cycles).toBe(3 * initiationInterval + latency + 1);
      }),
      { numRuns: 30 },
    );
  });

  it('lets additions and activations follow streams in residual networks, with several inputs on their way', async () => {
    const seen = { follow: 0, wait: 0, overlap: 0 };
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat()), async (stream) => {
        const next = (below: number): number => Number(stream.next().value) % below;
        const network = randomResidual(next);
        const folding = foldingInStreams(network, next);
        if (workOf(network, folding) > 3000) return;
        const circuit = elaborateFolded('residual', network, folding);
        const engine = new CompiledEngine(circuit.netlist, 1);
        const different = randomInputs(next, network, 5);
        const answers = different.map((input) => [...createOracle(network)(input).outputs]);
        // Four groups of lanes; what follows an input in its lane is another one, because 5 divides no number of lanes.
        const order = Array.from({ length: 3 * engine.lanes + 1 }, (_, at) => at % 5);
        const run = await runInferences(
          circuit,
          engine,
          order.map((at) => different[at]),
        );
        expect([...run.outputs]).toEqual(order.flatMap((at) => answers[at]));
        const { initiationInterval, latency } = circuit.timing;
        expect(run.cycles).toBe(3 * initiationInterval + latency + 1);

        const units = unitsOf(network);
        const heads = streamHeads(units, (index) => folding.layers[index].pe === folding.layers[index - 1].pe);
        for (const { index, sources } of units.slice(1)) {
          if (heads[index] < index) seen.follow++;
          else if (sources.length === 2 && sources.includes(index - 1)) seen.wait++;
        }
        if (latency > initiationInterval) seen.overlap++;
      }),
      { numRuns: 40 },
    );
    expect(seen.follow).toBeGreaterThan(20);
    expect(seen.wait).toBeGreaterThan(2);
    expect(seen.overlap).toBeGreaterThan(10);
  });

  it('tells on the way how much of a long pass is done, and never less than before', async () => {
    let state = 7;
    const next = (below: number): number => (state = (state * 48271) % 2147483647) % below;
    const network = randomLayers(next);
    const circuit = elaborateFolded('slow', network, randomFolding(network, next, 8));
    const seen: number[] = [];
    await runInferences(circuit, new CompiledEngine(circuit.netlist, 1), randomInputs(next, network, 100), {
      onProgress: (done) => seen.push(done),
      onCycle: (cycle) => {
        const until = performance.now() + (cycle === circuit.timing.latency >> 1 ? 60 : 0);
        while (performance.now() < until);
      },
    });
    expect(seen.length).toBeGreaterThan(1);
    expect(seen).toEqual([...seen].sort((one, other) => one - other));
    expect(seen.at(-1)).toBe(100);
  });
});
