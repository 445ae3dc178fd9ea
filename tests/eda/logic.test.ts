import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bitstreamOf, createOracle, encodeBitstream } from '@adiabit/simulator';
import { getBit } from '@adiabit/simulator/bits';
import { elaborate, insertScanChains, loadingCycles, type Circuit } from '@adiabit/simulator/circuit';
import {
  TEST_BENCH_PASS,
  writeBlif,
  writeTestBench,
  writeVerilog,
  writeYosysJson,
} from '@adiabit/simulator/interchange';
import type { Netlist } from '@adiabit/simulator/netlist';
import { specialise } from '@adiabit/sdk/compile';
import { randomInputs } from '../../simulator/src/network/testing/random-layers.js';
import { EQUIVALENCE_PROOF, inIcarus, tool, writeText, type ToolResult } from '../support/eda.js';
import { temporaryFolder } from '../support/host-device.js';
import { repeatableNumbers } from '../support/numbers.js';
import { logicNetwork } from '../support/sample-networks.js';
import { ICARUS, YOSYS, missingTools, titled } from '../support/tools.js';

const next = repeatableNumbers(20261201);
const network = logicNetwork(next, { inputs: 11, levels: 0, classes: 3, tablesPerClass: 5, tableInputs: 4 });
const oracle = createOracle(network);
const golden = randomInputs(next, network, 14).map((input) => ({ input, outputs: oracle(input).outputs }));
const circuit = elaborate('tables', network);
const specialised = specialise(circuit).circuit;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => (folder = await temporaryFolder()));
afterAll(() => folder.dispose());

const noIcarus = missingTools(...ICARUS);
describe.skipIf(noIcarus.length > 0)(titled('the Verilog of logic in Icarus', noIcarus), () => {
  const simulate = ({ netlist }: Pick<Circuit, 'netlist'>, bench: Iterable<string>): string =>
    inIcarus(folder.path, [
      writeText(folder.path, 'circuit.v', writeVerilog(netlist)),
      writeText(folder.path, 'bench.v', bench),
    ]).output;

  it('gives every golden output in the promised cycle: configurable, and specialised', () => {
    for (const built of [circuit, specialised]) {
      expect(simulate(built, writeTestBench(built, golden))).toContain(TEST_BENCH_PASS);
    }
  });

  it('gives them after its masks were shifted in through a scan chain', () => {
    const scan = insertScanChains(circuit);
    const description = { name: 'logic', modelDigest: '00', compiler: 'tests' };
    const shifting = [...loadingCycles(scan, encodeBitstream(bitstreamOf(network, description, golden)))];
    expect(simulate(scan.circuit, writeTestBench(scan.circuit, golden, shifting))).toContain(TEST_BENCH_PASS);
  });
});

/** The netlist with nothing as its output but the values of the tables. */
function tablesAlone(netlist: Netlist): Netlist {
  const tables = netlist.probes.find(({ name }) => name === 'layer0.fires');
  if (tables === undefined) throw new Error('The tables have no probe.');
  return { ...netlist, outputs: [{ name: 'y', nets: tables.nets, signed: false }], probes: [] };
}

/** The same tables as the format says it: a bit of a mask, selected by a number. */
function tablesByNumber(): string[] {
  const [logic] = network.layers;
  if (logic.kind !== 'logic') throw new Error('It begins with logic.');
  const { tableInputs, wires, masks } = logic;
  const tables = Array.from({ length: masks.rows }, (_, table) => {
    const pins = [...wires.subarray(table * tableInputs, (table + 1) * tableInputs)].reverse();
    const mask = Array.from({ length: masks.columns }, (_unused, entry) =>
      getBit(masks, table, masks.columns - 1 - entry),
    );
    const number = pins.map((position) => `x[${position}]`).join(', ');
    return `  always @(posedge clk) y[${table}] <= ${masks.columns}'b${mask.join('')} >> {${number}};`;
  });
  const ports = `input clk, input start, input [10:0] x, output reg [${masks.rows - 1}:0] y`;
  return [`module gold (${ports});`, `  initial y = 0;`, ...tables, 'endmodule'];
}

const noYosys = missingTools(...YOSYS);
describe.skipIf(noYosys.length > 0)(titled('Yosys on logic', noYosys), () => {
  const yosys = (script: readonly string[]): ToolResult =>
    tool(folder.path, 'yosys', '-q', writeText(folder.path, 'script.ys', script));

  const proveTables = (netlist: Netlist): ToolResult =>
    yosys([
      `read_verilog ${writeText(folder.path, 'tables.v', tablesByNumber())}`,
      `read_verilog ${writeText(folder.path, 'gate.v', writeVerilog(tablesAlone(netlist), { reset: false }))}`,
      'rename tables gate',
      'proc',
      'opt_clean',
      'miter -equiv -flatten gold gate miter',
      'hierarchy -top miter',
      'sat -verify -tempinduct -set-init-zero -seq 2 -prove trigger 0 miter',
    ]);

  it('proves the tables equal to bits of masks that a number selects', () => {
    expect(proveTables(specialised.netlist)).toEqual({ status: 0, output: '' });
  });

  it('finds a table whose mask has one bit wrong', () => {
    const { configuration } = circuit;
    const words = configuration.words.slice();
    words[0] ^= 1;
    const wrong = specialise({ ...circuit, configuration: { ...configuration, words } }).circuit;
    expect(proveTables(wrong.netlist).output).toContain('proof did fail');
  });

  it.each([
    ['BLIF', (netlist: Netlist) => `read_blif -wideports ${writeText(folder.path, 'g.blif', writeBlif(netlist))}`],
    ['JSON', (netlist: Netlist) => `read_json ${writeText(folder.path, 'g.json', writeYosysJson(netlist))}`],
  ])('proves %s of the whole circuit equal to its Verilog', (_format, read) => {
    const { netlist } = specialised;
    writeText(folder.path, 'gold.v', writeVerilog(netlist, { reset: false }));
    const gold = ['read_verilog gold.v', 'hierarchy -top tables', 'proc', 'flatten', 'opt_clean', 'rename tables gold'];
    expect(yosys([...gold, read(netlist), 'rename tables gate', 'opt_clean', ...EQUIVALENCE_PROOF])).toEqual({
      status: 0,
      output: '',
    });
  });
});
