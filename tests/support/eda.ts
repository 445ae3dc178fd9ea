import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  countsOf,
  elaborate,
  encodeBitstream,
  networkOfCounts,
  type Circuit,
  type GoldenVector,
} from '@adiabit/simulator';
import { CELL_KINDS, type CellKind, type Netlist } from '@adiabit/simulator/netlist';
import { repeatableNumbers } from './numbers.js';
import { evaluate, sampleCircuit } from './sample-circuits.js';
import { isInstalled } from './tools.js';

export interface ToolResult {
  readonly status: number | null;
  /** Standard output and error together. */
  readonly output: string;
}

/** Runs a tool in a folder. */
export function tool(folder: string, command: string, ...args: readonly string[]): ToolResult {
  if (command === 'yosys' && !isInstalled(command)) return yowaspYosys(folder, ...args);
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (error) throw error;
  return { status, output: stdout + stderr };
}

/** Runs the Yosys of the npm package in a folder. */
export const yowaspYosys = (folder: string, ...args: readonly string[]): ToolResult => {
  const runner = fileURLToPath(new URL('yowasp-yosys.ts', import.meta.url));
  return tool(folder, process.execPath, '--import', import.meta.resolve('tsx'), runner, ...args);
};

/** Runs a tool that must succeed; its output. */
export function mustRun(folder: string, command: string, ...args: readonly string[]): string {
  const { status, output } = tool(folder, command, ...args);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: status ${String(status)}\n${output.slice(-4000)}`);
  return output;
}

/** Simulates Verilog files, a test bench among them, in Icarus Verilog. */
export function inIcarus(folder: string, files: readonly string[]): ToolResult {
  mustRun(folder, 'iverilog', '-g2012', '-Wall', '-o', 'bench.vvp', ...files);
  return tool(folder, 'vvp', '-N', 'bench.vvp');
}

/** Simulates Verilog files in Verilator, without optimisation: small circuits are built rather than run. */
export function inVerilator(folder: string, top: string, files: readonly string[]): ToolResult {
  // Not split, or every module of a circuit is a file of its own, and its headers take longer than itself.
  const quick = ['-O0', '--output-split', '0', '-MAKEFLAGS', 'OPT_FAST=-O0 OPT_SLOW=-O0 OPT_GLOBAL=-O0', '-Wno-fatal'];
  mustRun(folder, 'verilator', '--binary', ...quick, '--top-module', top, '-Mdir', 'verilated', ...files);
  return tool(folder, `./verilated/V${top}`);
}

export function writeText(folder: string, name: string, lines: Iterable<string>): string {
  writeFileSync(join(folder, name), `${[...lines].join('\n')}\n`);
  return name;
}

/** Proves module `gate` equal to module `gold` in Yosys, register by register. */
export const EQUIVALENCE_PROOF = [
  'equiv_make gold gate both',
  'hierarchy -top both',
  'equiv_simple',
  'equiv_induct',
  'equiv_status -assert',
] as const;

/** A small circuit with seeded random weights and what it answers to seeded random inputs. */
export function smallCircuit(
  name: string,
  widths: readonly number[],
  inputBits: number,
  vectors = 12,
): { circuit: Circuit; goldenVectors: readonly GoldenVector[]; bytes: Uint8Array } {
  const next = repeatableNumbers(20261123);
  const { bitstream } = sampleCircuit(next, { widths, inputBits, goldenVectors: vectors });
  // Offsets near each other, so that every class wins for some input.
  const layers = countsOf(bitstream.network).map((layer) => ({ ...layer, offsets: layer.offsets.map(() => next(3)) }));
  const network = networkOfCounts(layers);
  const circuit = elaborate(name, network);
  const goldenVectors = bitstream.goldenVectors.map(({ input }) => ({ input, outputs: evaluate(layers, input) }));
  return { circuit, goldenVectors, bytes: encodeBitstream({ ...bitstream, network, goldenVectors }) };
}

/** The same netlist with the n-th cell of a kind computing another kind: a manufacturing fault. */
export function withFault(netlist: Netlist, kind: CellKind, becomes: CellKind, which = 0): Netlist {
  const codes = netlist.cells.kind.slice();
  let seen = -1;
  const at = codes.findIndex((code) => CELL_KINDS[code] === kind && ++seen === which);
  if (at < 0) throw new Error(`There is no ${kind} number ${which}.`);
  codes[at] = CELL_KINDS.indexOf(becomes);
  return { ...netlist, cells: { ...netlist.cells, kind: codes } };
}
