import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TEST_BENCH_PASS, testBenchName, writeTestBench, writeVerilog } from '@adiabit/simulator/interchange';
import type { Netlist } from '@adiabit/simulator/netlist';
import { insertScanChains, loadingCycles, type ScanCycle } from '@adiabit/simulator/circuit';
import { specialise } from '@adiabit/sdk/compile';
import {
  inIcarus,
  inVerilator,
  mustRun,
  smallCircuit,
  tool,
  withFault,
  writeText,
  type ToolResult,
} from '../support/eda.js';
import { temporaryFolder } from '../support/host-device.js';
import { ICARUS, VERILATOR, missingTools, titled } from '../support/tools.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => (folder = await temporaryFolder()));
afterAll(() => folder.dispose());

/** Two-bit inputs, three layers: accumulators, comparators, integer outputs and the tournament all take part. */
const { circuit, goldenVectors, bytes } = smallCircuit('sample', [9, 5, 4, 3], 2);

const specialised = specialise(circuit).circuit;

/** Configuration in registers, and what shifts the bitstream into them. */
const scan = insertScanChains(circuit);
const shifting = [...loadingCycles(scan, bytes)];
const shifted = (cycles: readonly ScanCycle[]): readonly string[] => [
  ...writeTestBench(scan.circuit, goldenVectors, cycles),
];

/** Simulates a netlist against the golden vectors of the sound circuit. */
type Simulate = (netlist: Netlist, benchLines?: readonly string[]) => ToolResult;

const bench = [...writeTestBench(circuit, goldenVectors)];
const files = (netlist: Netlist, benchLines: readonly string[]): string[] => [
  writeText(folder.path, 'circuit.v', writeVerilog(netlist)),
  writeText(folder.path, 'bench.v', benchLines),
];

const icarus: Simulate = (netlist, benchLines = bench) => inIcarus(folder.path, files(netlist, benchLines));
const verilator: Simulate = (netlist, benchLines = bench) =>
  inVerilator(folder.path, testBenchName(circuit), files(netlist, benchLines));

const passed = `${TEST_BENCH_PASS}: ${goldenVectors.length} vectors, every output equal, latency ${circuit.timing.latency} cycles`;

for (const { name, tools, simulate } of [
  { name: 'Icarus Verilog', tools: ICARUS, simulate: icarus },
  { name: 'Verilator', tools: VERILATOR, simulate: verilator },
]) {
  const missing = missingTools(...tools);
  describe.skipIf(missing.length > 0)(titled(`the Verilog of a circuit in ${name}`, missing), () => {
    it('gives every golden output in the promised cycle', () => {
      const { status, output } = simulate(circuit.netlist);
      expect(output).toContain(passed);
      expect(status).toBe(0);
    });

    it('gives every golden output in the promised cycle in its specialised form', () => {
      const { status, output } = simulate(specialised.netlist, [...writeTestBench(specialised, goldenVectors)]);
      expect(output).toContain(passed);
      expect(status).toBe(0);
    });

    it('gives every golden output after its configuration was shifted in through the scan chains, bit by bit', () => {
      const { status, output } = simulate(scan.circuit.netlist, shifted(shifting));
      expect(output).toContain(passed);
      expect(status).toBe(0);
    });

    it('is caught when one bit of the configuration is shifted in wrong', () => {
      const [{ chain, bit }, ...others] = shifting;
      const { output } = simulate(scan.circuit.netlist, shifted([{ chain, bit: bit === 0 ? 1 : 0 }, ...others]));
      expect(output).toContain('is not as expected');
    });

    it('is caught when one cell is faulty', () => {
      const faulty = simulate(withFault(circuit.netlist, 'xnor', 'xor'));
      expect(faulty.status).not.toBe(0);
      expect(faulty.output).toContain('is not as expected');
      expect(faulty.output).not.toContain(TEST_BENCH_PASS);
    });
  });
}

const missingIcarus = missingTools(...ICARUS);
describe.skipIf(missingIcarus.length > 0)(titled('the test bench', missingIcarus), () => {
  it('notices a circuit that answers one cycle late', () => {
    const early = bench.map((line) =>
      line.replace(/LATENCY = (\d+)/, (_, cycles) => `LATENCY = ${Number(cycles) - 1}`),
    );
    const { status, output } = icarus(circuit.netlist, early);
    expect(status).not.toBe(0);
    expect(output).toContain('valid is not as expected');
  });
});

const missingVerilator = missingTools('verilator');
describe.skipIf(missingVerilator.length > 0)(titled('Verilator as a linter', missingVerilator), () => {
  it('finds nothing with every warning on, in both forms, with reset and without', () => {
    for (const { netlist } of [circuit, specialised]) {
      for (const reset of [true, false]) {
        const name = writeText(folder.path, 'lint.v', writeVerilog(netlist, { reset }));
        expect(mustRun(folder.path, 'verilator', '--lint-only', '-Wall', name)).toBe('');
      }
    }
  });

  it('finds an injected width error, so its silence means something', () => {
    const damaged = [...writeVerilog(circuit.netlist)].map((line) =>
      line.replace('wire xnor0 =', 'wire [1:0] xnor0 ='),
    );
    expect(
      tool(folder.path, 'verilator', '--lint-only', '-Wall', writeText(folder.path, 'lint.v', damaged)).status,
    ).not.toBe(0);
  });
});
