import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOracle, elaborate } from '@adiabit/simulator';
import { streamed, writeStreamTop, writeVerilog } from '@adiabit/simulator/interchange';
import { specialise } from '@adiabit/sdk/compile';
import { randomInputs } from '../../simulator/src/network/testing/random-layers.js';
import { mustRun, tool, writeText } from '../support/eda.js';
import { temporaryFolder } from '../support/host-device.js';
import { repeatableNumbers } from '../support/numbers.js';
import { logicNetwork } from '../support/sample-networks.js';
import { ICARUS, ICE40, missingTools, titled } from '../support/tools.js';

const CHIP_DATABASE = '/usr/share/fpga-icestorm/chipdb/chipdb-5k.txt';
const PACKAGE = 'sg48';
/** Pins of the package that are inputs and outputs of any kind, the clock's first. */
const PINS = [35, 2, 3, 4, 6, 9, 10, 11, 12, 13, 18, 19, 20, 21, 23, 25, 26, 27, 28];

const next = repeatableNumbers(20261202);
const network = logicNetwork(next, { inputs: 30, levels: 2, classes: 3, tablesPerClass: 9, tableInputs: 4 });
const inputs = randomInputs(next, network, 25);
const oracle = createOracle(network);
const classes = inputs.map((input) => oracle(input).class);

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => (folder = await temporaryFolder()));
afterAll(() => folder.dispose());

/** Streams the inputs in, a value a cycle without a pause, and prints the class that each gives. */
function bench(): string[] {
  const values = inputs.flatMap((input) => [...input]);
  return [
    'module bench;',
    '  reg clk = 0, rst = 1, enable = 0; reg [7:0] value = 0; wire [1:0] class_index; wire valid; integer i;',
    `  reg [7:0] values [0:${values.length - 1}];`,
    '  chip chip (.clk(clk), .rst(rst), .enable(enable), .value(value), .class_index(class_index), .valid(valid));',
    '  always #5 clk = !clk;',
    '  always @(negedge clk) if (valid === 1) $display("class %0d", class_index);',
    '  initial begin',
    ...values.map((value, index) => `    values[${index}] = ${value};`),
    '    repeat (2) @(negedge clk); rst = 0; enable = 1;',
    `    for (i = 0; i < ${values.length}; i = i + 1) begin value = values[i]; @(negedge clk); end`,
    '    enable = 0; repeat (60) @(negedge clk); $finish;',
    '  end',
    'endmodule',
  ];
}

function classesIn(...files: readonly string[]): number[] {
  mustRun(folder.path, 'iverilog', '-g2012', '-o', 'bench.vvp', ...files, writeText(folder.path, 'bench.v', bench()));
  const { output } = tool(folder.path, 'vvp', '-N', 'bench.vvp');
  return [...output.matchAll(/class (\d+)/g)].map(([, number]) => Number(number));
}

const missing = [...missingTools(...ICE40, ...ICARUS), ...(existsSync(CHIP_DATABASE) ? [] : ['fpga-icestorm-chipdb'])];

describe.skipIf(missing.length > 0)(titled('learnt logic with its encoder on an iCE40 UP5K', missing), () => {
  it('takes a value a cycle, and gives the oracle’s classes, as Verilog and read back from the chip’s bytes', () => {
    const { path } = folder;
    const parts = streamed(network);
    const { netlist } = specialise(elaborate('tables', parts.behind)).circuit;
    const files = [
      writeText(path, 'tables.v', writeVerilog(netlist)),
      writeText(path, 'chip.v', writeStreamTop('chip', 'tables', parts)),
    ];
    expect(classesIn(...files)).toEqual(classes);
    expect(new Set(classes).size).toBe(3);

    mustRun(path, 'yosys', '-q', '-p', `read_verilog ${files.join(' ')}; synth_ice40 -top chip -json chip.json`);
    const ports = ['clk', 'rst', 'enable', ...Array.from({ length: 8 }, (_, bit) => `value[${bit}]`)];
    const pins = [...ports, 'class_index[0]', 'class_index[1]', 'valid'];
    writeText(
      path,
      'chip.pcf',
      pins.map((port, index) => `set_io ${port} ${PINS[index]}`),
    );
    const place = ['--up5k', '--package', PACKAGE, '--json', 'chip.json', '--pcf', 'chip.pcf', '--asc', 'chip.asc'];
    mustRun(path, 'nextpnr-ice40', '--seed', '1', ...place);
    mustRun(path, 'icepack', 'chip.asc', 'chip.bin');
    mustRun(path, 'iceunpack', 'chip.bin', 'back.asc');
    const back = ['-s', '-c', '-n', 'chip', '-d', PACKAGE, '-p', 'chip.pcf', 'back.asc'];
    expect(readFileSync(join(path, 'chip.bin')).length).toBeGreaterThan(100_000);
    expect(classesIn(writeText(path, 'back.v', [mustRun(path, 'icebox_vlog', ...back)]))).toEqual(classes);
  });
});
