import { getBit } from '../bits/bit-matrix.js';
import type { GoldenVector } from '../bitstream/bitstream.js';
import { PORT } from '../circuit/unrolled/elaborate.js';
import { enteringBit, entryCycles, type Machine } from '../circuit/circuit.js';
import { prepared } from '../network/preparation.js';
import { findPort, type Port } from '../netlist/netlist.js';
import type { ScanCycle } from '../circuit/loading/controller.js';
import { SCAN_PORT } from '../circuit/scan-port.js';
import { VERILOG_PORT, verilogName } from './verilog.js';
import { literal } from './verilog-text.js';

/** The test bench prints this at its end if every output of every vector is right and in time. */
export const TEST_BENCH_PASS = 'PASS';

/** Names the test bench module. */
export const testBenchName = (circuit: Machine): string => `${verilogName(circuit.netlist)}_tb`;

/**
 * Writes a self-checking test bench for the Verilog of a circuit (with reset). It configures the circuit, streams the
 * golden vectors at the initiation interval, and checks every output, the class and `valid` in every cycle. It ends
 * with a line that starts with PASS, or names the difference and ends with $fatal. SystemVerilog-2012.
 * @param loading for a circuit with scan ports, what its controller drives before it starts the circuit
 */
export function* writeTestBench(
  circuit: Machine,
  goldenVectors: readonly GoldenVector[],
  loading: Iterable<ScanCycle> = [],
): Generator<string> {
  const { netlist, configuration, timing } = circuit;
  const name = verilogName(netlist);
  const x = findPort(netlist.inputs, PORT.input);
  const results = netlist.outputs.filter((port) => port.name !== PORT.valid);
  const entry = entryCycles(circuit);
  const rows = goldenVectors.length * entry;
  const range = ({ nets }: Port): string => (nets.length === 1 ? '' : `[${nets.length - 1}:0] `);
  const sign = ({ signed }: Port): string => (signed ? 'signed ' : '');
  yield `module ${testBenchName(circuit)};`;
  yield `  localparam integer VECTORS = ${goldenVectors.length};`;
  yield `  localparam integer ENTRY = ${entry};`;
  yield `  localparam integer INTERVAL = ${timing.initiationInterval};`;
  yield `  localparam integer LATENCY = ${timing.latency};`;
  yield "  reg clk = 1'b0;";
  yield "  reg rst = 1'b1;";
  yield "  reg start = 1'b0;";
  yield `  reg ${range(x)}x = 0;`;
  for (const port of netlist.outputs) yield `  wire ${sign(port)}${range(port)}${port.name};`;
  yield `  reg ${range(x)}x_rom [0:${Math.max(0, rows - 1)}];`;
  for (const port of results)
    yield `  reg ${sign(port)}${range(port)}${port.name}_rom [0:${Math.max(0, goldenVectors.length - 1)}];`;
  if (configuration.columns > 0) {
    yield `  reg [${configuration.columns - 1}:0] ${VERILOG_PORT.configuration} =`;
    yield `      ${literal(configuration.columns, (bit) => getBit(configuration, 0, bit))};`;
  }
  const scan = [...loading];
  if (scan.length > 0) {
    yield `  reg ${SCAN_PORT.in} = 1'b0;`;
    yield `  reg [${findPort(netlist.inputs, SCAN_PORT.enable).nets.length - 1}:0] ${SCAN_PORT.enable} = 0;`;
    yield `  reg ${SCAN_PORT.run} = 1'b0;`;
    yield `  reg [${scan.length - 1}:0] scan_bits =`;
    yield `      ${literal(scan.length, (cycle) => scan[cycle].bit)};`;
  }
  const wires = [
    ...['clk', 'rst'],
    ...(configuration.columns > 0 ? [VERILOG_PORT.configuration] : []),
    ...[...netlist.inputs, ...netlist.outputs].map((port) => port.name),
  ];
  yield `  ${name} circuit (${wires.map((wire) => `.${wire}(${wire})`).join(', ')});`;
  yield '  integer cycle;';
  yield '  integer vector;';
  yield '  integer errors = 0;';
  yield '  always #5 clk = ~clk;';
  yield '  initial begin';
  for (const [index, { input: example, outputs }] of goldenVectors.entries()) {
    const input = prepared(circuit.shape.preparation, example);
    for (let cycle = 0; cycle < entry; cycle++) {
      const bitAt = (at: number): number => {
        const { value, bit } = enteringBit(timing, cycle, at);
        return input[value] >> bit;
      };
      yield `    x_rom[${index * entry + cycle}] = ${literal(x.nets.length, bitAt)};`;
    }
    for (const port of results) {
      const expected = port.name === PORT.class ? classOf(outputs) : outputs[Number(port.name.slice(1))];
      yield `    ${port.name}_rom[${index}] = ${literal(port.nets.length, (at) => expected >> Math.min(at, 31))};`;
    }
  }
  yield '    repeat (2) @(negedge clk);';
  yield "    rst = 1'b0;";
  for (let from = 0, to = 0; from < scan.length; from = to) {
    while (to < scan.length && scan[to].chain === scan[from].chain) to++;
    yield `    ${SCAN_PORT.enable} = 0;`;
    yield `    ${SCAN_PORT.enable}[${scan[from].chain}] = 1'b1;`;
    yield `    for (cycle = ${from}; cycle < ${to}; cycle = cycle + 1) begin`;
    yield `      ${SCAN_PORT.in} = scan_bits[cycle];`;
    yield '      @(negedge clk);';
    yield '    end';
  }
  if (scan.length > 0) {
    yield `    ${SCAN_PORT.enable} = 0;`;
    yield `    ${SCAN_PORT.run} = 1'b1;`;
  }
  yield '    for (cycle = 0; cycle < VECTORS * INTERVAL + LATENCY + 1; cycle = cycle + 1) begin';
  yield '      start = cycle % INTERVAL == 0 && cycle / INTERVAL < VECTORS;';
  yield '      if (cycle / INTERVAL < VECTORS && cycle % INTERVAL < ENTRY)';
  yield '        x = x_rom[cycle / INTERVAL * ENTRY + cycle % INTERVAL];';
  yield '      else x = 0;';
  yield '      #4;';
  yield '      vector = (cycle - LATENCY) / INTERVAL;';
  yield '      if (cycle < LATENCY || (cycle - LATENCY) % INTERVAL != 0 || vector >= VECTORS) begin';
  yield '        if (valid !== 1\'b0) differs("valid");';
  yield '      end else begin';
  yield '        if (valid !== 1\'b1) differs("valid");';
  for (const { name: port } of results) yield `        if (${port} !== ${port}_rom[vector]) differs("${port}");`;
  yield '      end';
  yield '      @(negedge clk);';
  yield '    end';
  yield '    if (errors != 0) $fatal(1, "FAIL: %0d differences in %0d vectors", errors, VECTORS);';
  yield `    $display("${TEST_BENCH_PASS}: %0d vectors, every output equal, latency %0d cycles", VECTORS, LATENCY);`;
  yield '    $finish;';
  yield '  end';
  yield '  task differs(input [8*16-1:0] port);';
  yield '    begin';
  yield '      errors = errors + 1;';
  yield '      if (errors <= 10) $display("cycle %0d: %0s is not as expected", cycle, port);';
  yield '    end';
  yield '  endtask';
  yield 'endmodule';
}

/** Gives the position of the largest output, the lowest one on a tie. */
const classOf = (outputs: Int32Array): number => outputs.indexOf(Math.max(...outputs));
