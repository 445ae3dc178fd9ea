import { createHash } from 'node:crypto';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Circuit } from '@adiabit/simulator/circuit';
import type { CountingLayer } from '@adiabit/simulator/network';
import { getBit } from '@adiabit/simulator/bits';
import { writeVerilog } from '@adiabit/simulator/interchange';
import { runTool } from './child.js';
import { benchFolder } from './sim-models.js';

/** A circuit as Verilator takes it: one-bit inputs, a vector a cycle, the class `latency` cycles later. */
export interface VerilogCircuit {
  /** Of its file, in words with hyphens. */
  readonly name: string;
  readonly top: string;
  readonly source: string;
  readonly inputs: number;
  readonly latency: number;
  /** Bits for the port `cfg`, where there is one. */
  readonly configurationBits: number;
  /** What the C++ compiler is told. */
  readonly optimisation: '-O1' | '-O3';
}

/** Every cell of a netlist. */
export function gateLevel(name: string, { netlist, configuration, timing, shape }: Circuit): VerilogCircuit {
  return {
    name,
    top: 'circuit',
    source: [...writeVerilog({ ...netlist, name: 'circuit' }, { reset: false })].join('\n'),
    inputs: shape.inputCount,
    latency: timing.latency,
    configurationBits: configuration.columns,
    // Cells become straight-line code, which -O2 and -O3 make no faster; they only take two times as long and longer to build.
    optimisation: '-O1',
  };
}

/** The same network as one would write it by hand for a simulator: `$countones`, a register behind every layer. */
export function behavioural(name: string, layers: readonly CountingLayer[]): VerilogCircuit {
  const lines = [`module behavioural (input clk, input start, input [${layers[0].inputs - 1}:0] x,`];
  lines.push('  output reg [15:0] class_index);', '  wire unused = start;');
  layers.forEach((layer, index) => {
    const { weights, thresholds, offsets } = layer;
    const input = index === 0 ? 'x' : `h${index - 1}`;
    const literal = (row: number): string => {
      const bits = Array.from({ length: layer.inputs }, (_, column) => getBit(weights, row, layer.inputs - 1 - column));
      return `${layer.inputs}'b${bits.join('')}`;
    };
    const isLast = layer.activation === 'integer';
    lines.push(
      isLast ? `  reg signed [31:0] y [0:${layer.outputs - 1}];` : `  reg [${layer.outputs - 1}:0] h${index};`,
    );
    lines.push('  always @(posedge clk) begin');
    for (let row = 0; row < layer.outputs; row++) {
      const count = `$countones(${input} ~^ ${literal(row)})`;
      lines.push(
        isLast
          ? `    y[${row}] <= (${count} <<< ${layer.shift}) + ${offsets[row]};`
          : `    h${index}[${row}] <= ${count} >= ${thresholds[row]};`,
      );
    }
    lines.push('  end');
  });
  const outputs = layers[layers.length - 1].outputs;
  lines.push(
    ...['  integer i; reg [15:0] best;', '  always @* begin', '    best = 0;'],
    `    for (i = 1; i < ${outputs}; i = i + 1) if (y[i] > y[best[${Math.ceil(Math.log2(outputs)) - 1}:0]]) best = i[15:0];`,
    ...['  end', '  always @(posedge clk) class_index <= best;', 'endmodule', ''],
  );
  const latency = layers.length + 1;
  const source = lines.join('\n');
  // `$countones` becomes a loop, which GCC turns into vector instructions with -O3 alone: five times as fast as -O2.
  const optimisation = '-O3';
  return { name, top: 'behavioural', source, inputs: layers[0].inputs, latency, configurationBits: 0, optimisation };
}

/**
 * Reads packed vectors, checks the class of each, then runs them again and again, in a stream or each alone from the first cycle
 * to its class; prints how many a second of processor time. The clock is low while the input changes, as in any test bench.
 */
const driver = ({ top, inputs, latency, configurationBits }: VerilogCircuit): string => `
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iterator>
#include <vector>
#include "V${top}.h"
#include "verilated.h"
static const size_t BYTES = ${Math.ceil(inputs / 32) * 4}, LATENCY = ${latency};
static V${top}* top;
static void cycle(const char* bytes) {
  top->clk = 0;
  top->start = 1;
  memcpy(&top->x, bytes, ${inputs > 32 ? 'BYTES' : 'sizeof top->x'});
  top->eval();
  top->clk = 1;
  top->eval();
}
static void check(size_t vector, int expected) {
  if (top->class_index == expected) return;
  fprintf(stderr, "vector %zu: class %d, expected %d\\n", vector, (int)top->class_index, expected);
  exit(1);
}
static std::vector<char> read(const char* name) {
  std::ifstream file(name, std::ios::binary);
  return std::vector<char>(std::istreambuf_iterator<char>(file), {});
}
static double now() { return std::clock() / (double)CLOCKS_PER_SEC; }
int main(int argc, char** argv) {
  const auto inputs = read(argv[1]), expected = read(argv[2]);
  const double seconds = atof(argv[3]);
  const bool alone = strcmp(argv[4], "alone") == 0;
  top = new V${top};
${configurationBits > 0 ? `  const auto cfg = read(argv[5]);\n  memcpy(&top->cfg, cfg.data(), cfg.size());` : ''}
  const size_t count = expected.size();
  for (size_t v = 0; v < count + LATENCY - 1; v++) {
    cycle(&inputs[(v % count) * BYTES]);
    if (v + 1 >= LATENCY) check(v + 1 - LATENCY, expected[v + 1 - LATENCY]);
  }
  size_t done = 0;
  const double begin = now();
  do {
    const size_t v = done++ % count;
    for (size_t n = 0; n < (alone ? LATENCY : 1); n++) cycle(&inputs[v * BYTES]);
    if (alone) check(v, expected[v]);
  } while ((done & 15) != 0 || now() - begin < seconds);
  printf("%.1f\\n", done / (now() - begin));
  (void)argc;
  return 0;
}
`;

/** Programs to build with, by path or by name: `VERILATOR` and `CXX` in the environment, else those on the PATH. */
const program = (name: string): string => (name.includes('/') ? resolve(name) : name);
const VERILATOR = program(process.env['VERILATOR'] ?? 'verilator');
const CXX = program(process.env['CXX'] ?? 'g++');

/** What Verilator says of itself, undefined when it is not there. */
export function verilatorVersion(): string | undefined {
  const { error, status, stdout } = spawnSync(VERILATOR, ['--version'], { encoding: 'utf8' });
  return error === undefined && status === 0 ? `${VERILATOR}: ${stdout.trim()}` : undefined;
}

/** With what the circuit is compiled, the fastest of what was tried (docs/results/simulator.md). */
const FLAGS = ['-O3', '--x-assign', 'fast', '--x-initial', 'fast', '--noassert', '-CFLAGS', '-march=native'];
/**
 * For make. Code that runs once is not worth optimising. The last three mend the wheel of PyPI, whose makefile has the paths
 * of the machine that built it and lost the option that includes a precompiled header.
 */
const makeFlags = (optimisation: string): string =>
  [
    ...[`OPT_FAST=${optimisation}`, `OPT_GLOBAL=${optimisation}`, 'OPT_SLOW=-O0', `CXX=${CXX}`, `LINK=${CXX}`],
    ...['PYTHON3=python3', 'CFG_CXXFLAGS_PCH_I=-include', 'CFG_LDLIBS_THREADS=-pthread'],
  ].join(' ');

/** Builds a simulator, or finds the one built before; the executable. */
export function buildVerilator(circuit: VerilogCircuit): string {
  const forMake = makeFlags(circuit.optimisation);
  const main = driver(circuit);
  const hash = createHash('sha256');
  [String(verilatorVersion()), ...FLAGS, forMake, circuit.source, main].forEach((text) => hash.update(`${text}\n`));
  const folder = join(benchFolder('verilator'), `${circuit.name}-${hash.digest('hex').slice(0, 16)}`);
  const executable = join(folder, 'simulator');
  if (existsSync(executable)) return executable;
  process.stderr.write(`building ${circuit.name} with Verilator once\n`);
  const start = performance.now();
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'circuit.v'), circuit.source);
  writeFileSync(join(folder, 'main.cpp'), main);
  const build = ['--cc', '--exe', '--build', ...FLAGS, '-MAKEFLAGS', forMake, '-Wno-fatal', '-Wno-lint'];
  runTool(VERILATOR, [...build, '--top-module', circuit.top, '-Mdir', 'obj', 'circuit.v', 'main.cpp'], folder);
  renameSync(join(folder, 'obj', `V${circuit.top}`), executable);
  rmSync(join(folder, 'obj'), { recursive: true });
  process.stderr.write(`built in ${((performance.now() - start) / 1000).toFixed(0)} s\n`);
  return executable;
}

/** Vectors as the port x takes them: 32-bit words, the first input in the lowest bit. */
export function packVectors(vectors: readonly ArrayLike<number>[]): Uint8Array {
  const bytes = 4 * Math.ceil(vectors[0].length / 32);
  const packed = new Uint8Array(bytes * vectors.length);
  vectors.forEach((vector, row) => {
    for (let bit = 0; bit < vector.length; bit++) packed[row * bytes + (bit >> 3)] |= vector[bit] << (bit & 7);
  });
  return packed;
}

/** What a built simulator is run with. */
export interface VerilatorRun {
  readonly executable: string;
  readonly inputsFile: string;
  readonly classesFile: string;
  readonly configurationFile: string;
}

/** How inferences follow each other: a new one every cycle, or one when the class of the one before is known. */
export type Pace = 'stream' | 'alone';

/** Inferences per second of processor time, after every class was found equal. */
export const verilatorSpeed = (
  { executable, inputsFile, classesFile, configurationFile }: VerilatorRun,
  pace: Pace,
  seconds: number,
): number =>
  Number(
    execFileSync(executable, [inputsFile, classesFile, String(seconds), pace, configurationFile], { encoding: 'utf8' }),
  );
