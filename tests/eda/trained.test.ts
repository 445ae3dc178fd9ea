import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOracle, type GoldenVector } from '@adiabit/simulator';
import type { FoldedCircuit } from '@adiabit/simulator/circuit';
import { TEST_BENCH_PASS, testBenchName, writeTestBench, writeVerilog } from '@adiabit/simulator/interchange';
import type { BinarizedModel } from '@adiabit/sdk';
import { fold } from '@adiabit/sdk/compile';
import { evaluateHard, exampleVectors, freeze, train, type NetworkSpec } from '@adiabit/sdk/train';
import { pictureRecipe, toyPictureDataset } from '../../sdk/src/train/testing/toy-pictures.js';
import { inIcarus, inVerilator, mustRun, withFault, writeText } from '../support/eda.js';
import { temporaryFolder } from '../support/host-device.js';
import { ICARUS, VERILATOR, missingTools, titled } from '../support/tools.js';

/** Pictures of 6 x 6 in two colours: a convolution of bytes, a pool, a padded convolution of signs, and classes. */
const network: NetworkSpec = {
  name: 'small-pictures',
  inputs: 72,
  inputShape: [6, 6, 2],
  inputBits: 8,
  divisor: 1,
  mode: 'both',
  layers: [
    { kind: 'normalize', mean: [120, 125], deviation: [80, 75] },
    { kind: 'convolution', filters: 4, size: 3 },
    { kind: 'max-pool', size: 2 },
    { kind: 'batch-norm' },
    { kind: 'activation', activation: 'sigmoid' },
    { kind: 'convolution', filters: 6, size: 3 },
    { kind: 'batch-norm' },
    { kind: 'activation', activation: 'sigmoid' },
    { kind: 'flatten' },
    { units: 3, activation: 'none' },
  ],
};

const dataset = toyPictureDataset([6, 6, 2]);

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let model: BinarizedModel;
let hardAccuracy: number;
let circuit: FoldedCircuit;
let goldenVectors: readonly GoldenVector[];

beforeAll(async () => {
  folder = await temporaryFolder();
  const trained = await train({ recipe: pictureRecipe(network), dataset, seed: 1, backend: 'cpu' });
  model = freeze(trained.network).model;
  hardAccuracy = evaluateHard(trained.network, dataset.test);
  circuit = fold(model.name, model, { target: 'ecp5-25k' }).circuit;
  const oracle = createOracle(model);
  goldenVectors = exampleVectors(dataset.test)
    .slice(0, 6)
    .map((input) => ({ input, outputs: oracle(input).outputs }));
}, 120_000);
afterAll(() => folder.dispose());

const files = (netlist = circuit.netlist): readonly string[] => [
  writeText(folder.path, 'circuit.v', writeVerilog(netlist)),
  writeText(folder.path, 'bench.v', writeTestBench(circuit, goldenVectors)),
];

describe('a convolutional network that was trained here', () => {
  it('has learned its pictures', () => {
    expect(hardAccuracy).toBeGreaterThan(0.6);
  });

  it('answers its golden vectors with every class, so that a stuck circuit cannot pass', () => {
    const classes = goldenVectors.map(({ outputs }) => outputs.indexOf(Math.max(...outputs)));
    expect(new Set(classes).size).toBe(3);
  });
});

for (const { name, tools, simulate } of [
  { name: 'Icarus Verilog', tools: ICARUS, simulate: () => inIcarus(folder.path, files()) },
  { name: 'Verilator', tools: VERILATOR, simulate: () => inVerilator(folder.path, testBenchName(circuit), files()) },
]) {
  const missing = missingTools(...tools);
  describe.skipIf(missing.length > 0)(titled(`the Verilog of a trained folded network in ${name}`, missing), () => {
    it('gives every output of the oracle in the promised cycle', () => {
      const { status, output } = simulate();
      expect(output).toContain(
        `${TEST_BENCH_PASS}: ${goldenVectors.length} vectors, every output equal, latency ${circuit.timing.latency} cycles`,
      );
      expect(status).toBe(0);
    });
  });
}

const missingIcarus = missingTools(...ICARUS);
describe.skipIf(missingIcarus.length > 0)(titled('a fault in a trained folded network', missingIcarus), () => {
  it('is noticed by the golden vectors', () => {
    const { status, output } = inIcarus(folder.path, files(withFault(circuit.netlist, 'xor', 'xnor', 8)));
    expect(status).not.toBe(0);
    expect(output).toContain('is not as expected');
  });
});

const missingVerilator = missingTools('verilator');
describe.skipIf(missingVerilator.length > 0)(titled('Verilator as a linter', missingVerilator), () => {
  it('finds nothing in a trained folded network with every warning on', () => {
    const name = writeText(folder.path, 'lint.v', writeVerilog(circuit.netlist));
    expect(mustRun(folder.path, 'verilator', '--lint-only', '-Wall', name)).toBe('');
  });
});
