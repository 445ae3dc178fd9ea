import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TEST_BENCH_PASS, testBenchName, writeTestBench, writeVerilog, type Netlist } from '@adiabit/simulator';
import { estimate, fold } from '@adiabit/sdk';
import { inIcarus, inVerilator, mustRun, withFault, writeText, type ToolResult } from './support/eda.js';
import { temporaryFolder } from './support/host-device.js';
import { goldenVectorsOf, smallPictureNetwork } from './support/small-picture-network.js';
import { ICARUS, VERILATOR, YOSYS, missingTools, titled } from './support/tools.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => (folder = await temporaryFolder()));
afterAll(() => folder.dispose());

const network = smallPictureNetwork();
const goldenVectors = goldenVectorsOf(network, 4);
const two = { pe: 2, simd: 2 };
const { circuit } = fold('folded', network, {
  folding: {
    inputValues: 2,
    layers: [two, two, two, two, two, { pe: 3, simd: 4 }, { pe: 3, simd: 3 }, { pe: 1, simd: 3 }],
  },
});

const files = (netlist: Netlist): string[] => [
  writeText(folder.path, 'circuit.v', writeVerilog(netlist)),
  writeText(folder.path, 'bench.v', writeTestBench(circuit, goldenVectors)),
];

const icarus = (netlist: Netlist): ToolResult => inIcarus(folder.path, files(netlist));
const verilator = (netlist: Netlist): ToolResult => inVerilator(folder.path, testBenchName(circuit), files(netlist));

const passed = `${TEST_BENCH_PASS}: 4 vectors, every output equal, latency ${circuit.timing.latency} cycles`;

for (const { name, tools, simulate } of [
  { name: 'Icarus Verilog', tools: ICARUS, simulate: icarus },
  { name: 'Verilator', tools: VERILATOR, simulate: verilator },
]) {
  const missing = missingTools(...tools);
  describe.skipIf(missing.length > 0)(titled(`the Verilog of a folded network in ${name}`, missing), () => {
    it('gives every golden output of the oracle in the promised cycle, a new input every interval', () => {
      const { status, output } = simulate(circuit.netlist);
      expect(output).toContain(passed);
      expect(status).toBe(0);
    });
  });
}

const missingIcarus = missingTools(...ICARUS);
describe.skipIf(missingIcarus.length > 0)(titled('a fault in a folded network', missingIcarus), () => {
  it('is noticed by the test bench', () => {
    const { status, output } = icarus(withFault(circuit.netlist, 'full-adder', 'mux', 5));
    expect(status).not.toBe(0);
    expect(output).toContain('is not as expected');
  });
});

const missingVerilator = missingTools('verilator');
describe.skipIf(missingVerilator.length > 0)(titled('Verilator as a linter', missingVerilator), () => {
  it('finds nothing in a folded network with every warning on', () => {
    const name = writeText(folder.path, 'lint.v', writeVerilog(circuit.netlist));
    expect(mustRun(folder.path, 'verilator', '--lint-only', '-Wall', name)).toBe('');
  });
});

const missingYosys = missingTools(...YOSYS);
describe.skipIf(missingYosys.length > 0)(titled('the estimate of a folded network', missingYosys), () => {
  it.each([4, 6] as const)('is within 15 percent of what Yosys maps to tables of %i inputs', (lutInputs) => {
    const { luts, registers } = estimate(circuit.netlist, lutInputs);
    const verilog = writeText(folder.path, 'estimate.v', writeVerilog(circuit.netlist, { reset: false }));
    const script = `read_verilog ${verilog}; synth -flatten -top folded -run begin:fine; memory_collect; opt -full; techmap; opt; abc -lut ${lutInputs}; opt_clean; stat`;
    const report = mustRun(folder.path, 'yosys', '-p', script);
    const count = (cell: RegExp): number =>
      [...report.slice(report.lastIndexOf('Number of cells')).matchAll(cell)].reduce(
        (sum, [, found]) => sum + Number(found),
        0,
      );
    const real = { luts: count(/\$lut +(\d+)/g), registers: count(/\$_\w*DFF\w* +(\d+)/g) };
    expect(real.luts).toBeGreaterThan(500);
    expect(Math.abs(luts / real.luts - 1), `${luts} estimated, ${real.luts} real`).toBeLessThan(0.15);
    expect(Math.abs(registers / real.registers - 1), `${registers} estimated, ${real.registers} real`).toBeLessThan(
      0.15,
    );
  });
});
