import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GoldenVector } from '@adiabit/simulator';
import { TEST_BENCH_PASS, writeTestBench, writeVerilog } from '@adiabit/simulator/interchange';
import type { Netlist } from '@adiabit/simulator/netlist';
import { TARGETS, clockGuessMHz, estimate, specialise } from '@adiabit/sdk/compile';
import { mustRun, smallCircuit, tool, writeText, type ToolResult } from '../support/eda.js';
import { temporaryFolder } from '../support/host-device.js';
import { ICARUS, ICE40, missingTools, titled } from '../support/tools.js';

const CHIP_DATABASE = '/usr/share/fpga-icestorm/chipdb/chipdb-8k.txt';
const PACKAGE = 'ct256';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => (folder = await temporaryFolder()));
afterAll(() => folder.dispose());

const { circuit, goldenVectors } = smallCircuit('sample', [8, 4, 3], 1, 16);
const specialised = specialise(circuit).circuit;

/** One pin for every bit of every port, in the order of the package's list. */
function pinConstraints({ inputs, outputs }: Netlist): string[] {
  const database = readFileSync(CHIP_DATABASE, 'utf8');
  const [list] = database.slice(database.indexOf(`.pins ${PACKAGE}\n`)).split('\n\n');
  const pins = list
    .split('\n')
    .slice(1)
    .map((line) => line.split(' ')[0]);
  const bits = [...inputs, ...outputs].flatMap(({ name, nets }) =>
    Array.from(nets, (_, bit) => (nets.length === 1 ? name : `${name}[${bit}]`)),
  );
  return ['clk', 'rst', ...bits].map((bit, index) => `set_io ${bit} ${pins[index]}`);
}

interface Placed {
  /** The text from which the chip's bytes are packed. */
  readonly text: string;
  readonly clockMHz: number;
}

/** Verilog to a placed and routed chip. */
function placeOnTheChip(netlist: Netlist): Placed {
  const { path } = folder;
  writeText(path, 'sample.v', writeVerilog(netlist));
  writeText(path, 'sample.pcf', pinConstraints(netlist));
  mustRun(path, 'yosys', '-q', '-p', 'read_verilog sample.v; synth_ice40 -top sample -json sample.json');
  const place = ['--hx8k', '--package', PACKAGE, '--json', 'sample.json', '--pcf', 'sample.pcf', '--asc', 'placed.asc'];
  const log = mustRun(path, 'nextpnr-ice40', '--seed', '1', ...place);
  const clocks = [...log.matchAll(/Max frequency for clock[^:]*: ([\d.]+) MHz/g)];
  return { text: readFileSync(join(path, 'placed.asc'), 'utf8'), clockMHz: Number(clocks[clocks.length - 1][1]) };
}

/** Packs a chip to the bytes that configure it and reads these bytes back as Verilog. */
function throughTheBytes(placed: string): void {
  const { path } = folder;
  writeText(path, 'chip.asc', [placed]);
  mustRun(path, 'icepack', 'chip.asc', 'chip.bin');
  mustRun(path, 'iceunpack', 'chip.bin', 'unpacked.asc');
  const back = ['-s', '-c', '-n', 'sample', '-d', PACKAGE, '-p', 'sample.pcf', 'unpacked.asc'];
  writeText(path, 'chip.v', [mustRun(path, 'icebox_vlog', ...back)]);
}

/**
 * Inverts the truth table in front of the first register. Cell i of a logic tile has its 20 bits in columns 36 to 45 of
 * rows 2i and 2i + 1: 16 of them are the table, bit 9 says that a register follows (Project IceStorm, LOGIC tile
 * documentation). Some cells without a register feed nothing.
 */
function withInvertedTable(placed: string): string {
  const REGISTERED = 9;
  const TABLE = [4, 14, 15, 5, 6, 16, 17, 7, 3, 13, 12, 2, 1, 11, 10, 0];
  const lines = placed.split('\n');
  const at = (row: number, bit: number): { line: number; column: number } => ({
    line: row + Math.floor(bit / 10),
    column: 36 + (bit % 10),
  });
  for (let head = 0; head < lines.length; head++) {
    if (!lines[head].startsWith('.logic_tile')) continue;
    for (let row = head + 1; row < head + 17; row += 2) {
      const places = TABLE.map((bit) => at(row, bit));
      const { line: flagLine, column: flagColumn } = at(row, REGISTERED);
      const isConstant = new Set(places.map(({ line, column }) => lines[line][column])).size === 1;
      if (lines[flagLine][flagColumn] !== '1' || isConstant) continue;
      for (const { line, column } of places) {
        const text = lines[line];
        lines[line] = text.slice(0, column) + (text[column] === '1' ? '0' : '1') + text.slice(column + 1);
      }
      return lines.join('\n');
    }
  }
  throw new Error('No logic cell has a register.');
}

function simulateChip(vectors: readonly GoldenVector[]): ToolResult {
  writeText(folder.path, 'bench.v', writeTestBench(specialised, vectors));
  mustRun(folder.path, 'iverilog', '-g2012', '-o', 'bench.vvp', 'chip.v', 'bench.v');
  return tool(folder.path, 'vvp', '-N', 'bench.vvp');
}

const missing = [...missingTools(...ICE40, ...ICARUS), ...(existsSync(CHIP_DATABASE) ? [] : ['fpga-icestorm-chipdb'])];

describe.skipIf(missing.length > 0)(titled('a network as the bitstream of an iCE40 HX8K', missing), () => {
  let placed: Placed;

  it('gives every golden output in the promised cycle when the chip is read back from its bytes', () => {
    placed = placeOnTheChip(specialised.netlist);
    throughTheBytes(placed.text);
    expect(statSync(join(folder.path, 'chip.bin')).size).toBe(135_100);
    const { status, output } = simulateChip(goldenVectors);
    expect(output).toContain(`${TEST_BENCH_PASS}: ${goldenVectors.length} vectors`);
    expect(status).toBe(0);
  });

  it('runs at a clock near the guess', () => {
    const { levels } = estimate(specialised.netlist, 4);
    const guess = clockGuessMHz(TARGETS['ice40-hx8k'], levels)!;
    expect(Math.abs(placed.clockMHz / guess - 1), `${guess} guessed, ${placed.clockMHz} reported`).toBeLessThan(0.3);
  });

  it('is caught when one truth table of the chip is inverted in the bytes', () => {
    throughTheBytes(withInvertedTable(placed.text));
    const { status, output } = simulateChip(goldenVectors);
    expect(status).not.toBe(0);
    expect(output).toContain('is not as expected');
  });
});
