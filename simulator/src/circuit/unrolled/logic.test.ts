import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeBitstream } from '../../bitstream/encode.js';
import { withGoldenVectors } from '../../bitstream/testing/random-bitstreams.js';
import { withFreshChecksums } from '../../bitstream/testing/with-fresh-checksums.js';
import { CompiledEngine } from '../../engines/compiled.js';
import { ReferenceEngine } from '../../engines/reference.js';
import { runInferences } from '../../engines/run.js';
import { validateNetlist } from '../../netlist/validate.js';
import type { Network } from '../../network/network.js';
import { createOracle } from '../../network/oracle.js';
import { randomInputs, randomLogicNetwork } from '../../network/testing/random-layers.js';
import { hasUnrolledForm } from '../../network/unrolled.js';
import { scanCycles } from '../loading/controller.js';
import { configured, loadThroughScanChains } from '../loading/load.js';
import { insertScanChains } from '../loading/scan-chains.js';
import { elaborate } from './elaborate.js';

type Next = (below: number) => number;
const numbers = fc.infiniteStream(fc.nat()).map(
  (noise): Next =>
    (below) =>
      Number(noise.next().value) % below,
);

/** Draws a network of logic that has an unrolled circuit: one without a convolution. */
function unrollable(next: Next, size: number): Network {
  let network = randomLogicNetwork(next, size);
  while (!hasUnrolledForm(network)) network = randomLogicNetwork(next, size);
  return network;
}

describe('logic in an unrolled circuit', () => {
  it('gives the outputs of the oracle, in both engines', async () => {
    await fc.assert(
      fc.asyncProperty(numbers, async (next) => {
        const network = unrollable(next, 60);
        const circuit = elaborate('logic', network);
        validateNetlist(circuit.netlist);
        const inputs = randomInputs(next, network, 4);
        const expected = inputs.flatMap((input) => [...createOracle(network)(input).outputs]);
        for (const engine of [new ReferenceEngine(circuit.netlist), new CompiledEngine(circuit.netlist, 1)]) {
          expect([...(await runInferences(circuit, engine, inputs)).outputs]).toEqual(expected);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('loads its masks from a bitstream, and stays stopped when that has other wires', async () => {
    await fc.assert(
      fc.asyncProperty(numbers, async (next) => {
        const network = unrollable(next, 12);
        const inputs = randomInputs(next, network, 2);
        const scan = insertScanChains(elaborate('logic', network));
        const bytes = encodeBitstream(withGoldenVectors(network, []));
        const { circuit } = scan;
        const engine = new CompiledEngine(circuit.netlist, 1);
        await loadThroughScanChains(scan, engine, bytes);
        const expected = inputs.flatMap((input) => [...createOracle(network)(input).outputs]);
        expect([...(await runInferences(circuit, configured(engine), inputs)).outputs]).toEqual(expected);

        const rewired = withOtherWires(network);
        if (rewired === undefined) return;
        const other = withFreshChecksums(encodeBitstream(withGoldenVectors(rewired, [])));
        expect(() => [...scanCycles(scan, other)]).toThrow('do not fit this circuit');
      }),
      { numRuns: 10 },
    );
  });
});

/** The same network with one wire from another input; undefined where there is only one. */
function withOtherWires(network: Network): Network | undefined {
  const layers = network.layers.map((layer) => {
    if (layer.kind !== 'logic') return layer;
    const wires = layer.wires.slice();
    const [height, width, channels] = layer.inputShape;
    wires[0] = (wires[0] + 1) % (height * width * channels);
    return { ...layer, wires };
  });
  const changed = layers.some((layer, index) => {
    const before = network.layers[index];
    return layer.kind === 'logic' && before.kind === 'logic' && layer.wires[0] !== before.wires[0];
  });
  return changed ? { ...network, layers } : undefined;
}
