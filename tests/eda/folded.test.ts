import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeBitstream, type Network } from '@adiabit/simulator';
import { bitMatrixFrom } from '@adiabit/simulator/bits';
import { type ScanCycle, elaborateLoadable, loadingCycles } from '@adiabit/simulator/circuit';
import {
  TEST_BENCH_PASS,
  testBenchName,
  writeTestBench,
  writeVerilog,
  writeYosysJson,
} from '@adiabit/simulator/interchange';
import type { Netlist } from '@adiabit/simulator/netlist';
import { planMemory } from '@adiabit/simulator/network';
import { estimate, fold } from '@adiabit/sdk/compile';
import {
  EQUIVALENCE_PROOF,
  inIcarus,
  inVerilator,
  mustRun,
  tool,
  withFault,
  writeText,
  type ToolResult,
} from '../support/eda.js';
import { temporaryFolder } from '../support/host-device.js';
import { goldenVectorsOf, smallPictureNetwork } from '../support/small-picture-network.js';
import { ICARUS, VERILATOR, YOSYS, missingTools, titled } from '../support/tools.js';

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

/** The circuit with empty memories, loaded in the test bench. */
const loadable = elaborateLoadable('loadable', network, circuit.folding);
const bytes = encodeBitstream({
  network,
  memory: planMemory(network),
  goldenVectors,
  description: { name: 'pictures', modelDigest: '00', compiler: 'tests' },
});
const cycles = [...loadingCycles(loadable, bytes)];
const loadedFiles = (loading: readonly ScanCycle[]): string[] => [
  writeText(folder.path, 'loadable.v', writeVerilog(loadable.circuit.netlist)),
  writeText(folder.path, 'loading.v', writeTestBench(loadable.circuit, goldenVectors, loading)),
];

const passed = `${TEST_BENCH_PASS}: 4 vectors, every output equal, latency ${circuit.timing.latency} cycles`;

const simulators = [
  {
    name: 'Icarus Verilog',
    tools: ICARUS,
    simulate: icarus,
    simulateLoaded: () => inIcarus(folder.path, loadedFiles(cycles)),
  },
  {
    name: 'Verilator',
    tools: VERILATOR,
    simulate: verilator,
    simulateLoaded: () => inVerilator(folder.path, testBenchName(loadable.circuit), loadedFiles(cycles)),
  },
];
for (const { name, tools, simulate, simulateLoaded } of simulators) {
  const missing = missingTools(...tools);
  describe.skipIf(missing.length > 0)(titled(`the Verilog of a folded network in ${name}`, missing), () => {
    it('gives every golden output of the oracle in the promised cycle, a new input every interval', () => {
      const { status, output } = simulate(circuit.netlist);
      expect(output).toContain(passed);
      expect(status).toBe(0);
    });

    it('gives them too when its memories are filled bit by bit from the bitstream first', () => {
      const { status, output } = simulateLoaded();
      expect(output).toContain(`${TEST_BENCH_PASS}: 4 vectors, every output equal`);
      expect(status).toBe(0);
    });
  });
}

const missingIcarus = missingTools(...ICARUS);
describe.skipIf(missingIcarus.length > 0)(titled('a fault in a folded network', missingIcarus), () => {
  it('is noticed by the test bench when one bit is loaded wrong', () => {
    const [{ chain, bit }, ...others] = cycles;
    const { status, output } = inIcarus(folder.path, loadedFiles([{ chain, bit: bit === 0 ? 1 : 0 }, ...others]));
    expect(status).not.toBe(0);
    expect(output).toContain('is not as expected');
  });

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
    const empty = writeText(folder.path, 'lint-loadable.v', writeVerilog(loadable.circuit.netlist));
    for (const file of [name, empty]) expect(mustRun(folder.path, 'verilator', '--lint-only', '-Wall', file)).toBe('');
  });
});

/** The first bit of the first word that a memory holds at first is another. */
function withFlippedBit(netlist: Netlist): Netlist {
  const at = netlist.memories.findIndex(({ contents }) => contents !== undefined);
  const memories = netlist.memories.map((memory, index) => {
    const { contents } = memory;
    if (index !== at || contents === undefined) return memory;
    const words = contents.words.slice();
    words[0] ^= 1;
    return { ...memory, contents: { ...contents, words } };
  });
  return { ...netlist, memories };
}

const missingRoundTrip = missingTools(...YOSYS, ...ICARUS);
describe.skipIf(missingRoundTrip.length > 0)(titled('the Yosys JSON of a folded network', missingRoundTrip), () => {
  /** What Yosys read from the JSON, as Yosys writes it in Verilog, under the golden vectors. It has no reset input. */
  const throughYosys = (netlist: Netlist): ToolResult => {
    const json = writeText(folder.path, 'circuit.json', writeYosysJson(netlist));
    const read = mustRun(folder.path, 'yosys', '-p', `read_json ${json}; check -assert; stat; write_verilog yosys.v`);
    expect(read).toMatch(new RegExp(`\\$mem_v2 +${netlist.memories.length}\\b`));
    const bench = [...writeTestBench(circuit, goldenVectors)].map((line) => line.replace('.rst(rst), ', ''));
    return inIcarus(folder.path, ['yosys.v', writeText(folder.path, 'bench.v', bench)]);
  };

  it('comes out of Yosys as a circuit that gives every golden output, its memories with their contents', () => {
    const { status, output } = throughYosys(circuit.netlist);
    expect(output).toContain(passed);
    expect(status).toBe(0);
  });

  it('gives another one when one stored bit is another', () => {
    expect(throughYosys(withFlippedBit(circuit.netlist)).output).toContain('is not as expected');
  });
});

const missingYosys = missingTools(...YOSYS);
describe.skipIf(missingYosys.length > 0)(titled('Yosys on a folded network in two formats', missingYosys), () => {
  /** Two layers are enough for every use of a memory; the proof of the network above did not end in 100 s. */
  const unfolded = { pe: 1, simd: 1 };
  const dense = { kind: 'dense', inputs: 4, outputs: 2, inputEncoding: 'unsigned' } as const;
  const tiny = {
    input: { count: 4, bits: 1 },
    layers: [
      {
        ...dense,
        weights: bitMatrixFrom(2, 4, (row, column) => (row + column) % 3 === 0),
        activation: { kind: 'threshold', thresholds: Int32Array.of(0, 1), inverted: Uint8Array.of(0, 1) },
      },
      {
        ...dense,
        inputs: 2,
        inputEncoding: 'bipolar',
        weights: bitMatrixFrom(2, 2, (row, at) => row !== at),
        activation: { kind: 'integer', shift: 0, offsets: Int32Array.of(0, 1) },
      },
    ],
  } satisfies Network;
  const { netlist: sound } = fold('folded', tiny, {
    folding: { inputValues: 2, layers: [{ pe: 1, simd: 2 }, unfolded] },
  }).circuit;

  /** Proves a netlist in JSON equal to the sound Verilog: every register, and every bit that a memory stores. */
  const proveEqual = (netlist: Netlist): ToolResult => {
    writeText(folder.path, 'gold.v', writeVerilog(sound, { reset: false }));
    writeText(folder.path, 'gate.json', writeYosysJson(netlist));
    const gold = ['read_verilog gold.v', 'hierarchy -top folded', 'proc', 'flatten', 'memory -nomap', 'opt_clean'];
    const gate = [
      'rename folded gold',
      'read_json gate.json',
      'rename folded gate',
      'memory_map gold gate',
      'opt_clean',
    ];
    const script = writeText(folder.path, 'equal.ys', [...gold, ...gate, ...EQUIVALENCE_PROOF]);
    return tool(folder.path, 'yosys', '-q', script);
  };

  it('proves JSON equal to the Verilog', () => {
    expect(proveEqual(sound)).toEqual({ status: 0, output: '' });
  });

  it('finds one stored bit that is another', () => {
    const { status, output } = proveEqual(withFlippedBit(sound));
    expect(status).not.toBe(0);
    expect(output).toMatch(/unproven \$equiv/);
  });
});

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
