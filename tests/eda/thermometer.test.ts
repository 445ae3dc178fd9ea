import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bitstreamOf, createOracle, encodeBitstream } from '@adiabit/simulator';
import { elaborate, elaborateFolded, insertScanChains, loadingCycles, type Circuit } from '@adiabit/simulator/circuit';
import { TEST_BENCH_PASS, writeTestBench, writeVerilog } from '@adiabit/simulator/interchange';
import { specialise } from '@adiabit/sdk/compile';
import { randomThermometerNetwork } from '../../simulator/src/circuit/unrolled/testing/random-network.js';
import { inIcarus, writeText } from '../support/eda.js';
import { temporaryFolder } from '../support/host-device.js';
import { repeatableNumbers } from '../support/numbers.js';
import { ICARUS, missingTools, titled } from '../support/tools.js';

const next = repeatableNumbers(20261130);
const network = randomThermometerNetwork([1, 1, 5], 2, [6, 3], 3, next);
const inputs = Array.from({ length: 12 }, () => Uint8Array.from({ length: 5 }, () => next(8)));
const oracle = createOracle(network);
const golden = inputs.map((input) => ({ input, outputs: oracle(input).outputs }));
const description = { name: 'thermometer', modelDigest: '00', compiler: 'tests' };
const circuit = elaborate('thermometer', network);
const missing = missingTools(...ICARUS);

describe.skipIf(missing.length > 0)(titled('the Verilog of a thermometer in Icarus', missing), () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeAll(async () => (folder = await temporaryFolder()));
  afterAll(() => folder.dispose());

  const simulate = ({ netlist }: Pick<Circuit, 'netlist'>, bench: Iterable<string>): string =>
    inIcarus(folder.path, [
      writeText(folder.path, 'circuit.v', writeVerilog(netlist)),
      writeText(folder.path, 'bench.v', bench),
    ]).output;

  it('gives every golden output in the promised cycle: configurable, specialised and folded', () => {
    const folding = {
      inputValues: 5,
      layers: [
        { pe: 10, simd: 5 },
        { pe: 3, simd: 2 },
        { pe: 1, simd: 6 },
      ],
    };
    const folded = elaborateFolded('thermometer', network, folding);
    for (const built of [circuit, specialise(circuit).circuit, folded]) {
      expect(simulate(built, writeTestBench(built, golden))).toContain(TEST_BENCH_PASS);
    }
  });

  it('gives them after its thresholds were shifted in through a scan chain of their own', () => {
    const scan = insertScanChains(circuit);
    expect(scan.chains[0]).toEqual({ frame: 'constants', isSigned: false, layer: 0, rowBits: 3, rows: 10 });
    const bytes = encodeBitstream(bitstreamOf(network, description, golden));
    const shifting = [...loadingCycles(scan, bytes)];
    expect(simulate(scan.circuit, writeTestBench(scan.circuit, golden, shifting))).toContain(TEST_BENCH_PASS);
  });
});
