import { basename } from 'node:path';
import { decodeBitstream, type Bitstream } from '@adiabit/simulator/bitstream';
import { entryCycles, type Machine } from '@adiabit/simulator/circuit';
import {
  cNetworkOf,
  flashArrayOf,
  writeBlif,
  writeCCheck,
  writeCHeader,
  writeCSource,
  writeDot,
  writeFlashHeader,
  writeFlashSource,
  writeMcubootImage,
  writeTestBench,
  writeVerilog,
  writeYosysJson,
} from '@adiabit/simulator/interchange';
import type { CircuitFormChoice, CircuitGoals } from '../compile/circuit-of.js';
import { readBytes, writeTogether, type NewFile } from '../files.js';
import { withPackages } from '../packages/features.js';
import { buildCircuit } from './build.js';
import { linesWhileWanted, type Following } from './observer.js';

/** Languages that a circuit is written in, with the extension of their files. */
export const EXPORT_EXTENSIONS = {
  verilog: 'v',
  blif: 'blif',
  json: 'json',
  dot: 'dot',
  svg: 'svg',
  c: 'c',
  onnx: 'onnx',
  'flash-c': 'c',
  mcuboot: 'bin',
} as const;
export type ExportFormat = keyof typeof EXPORT_EXTENSIONS;

/** Formats that are of the bitstream or its network, not of a circuit in one form or another. */
const WITHOUT_CIRCUIT: ReadonlySet<ExportFormat> = new Set<ExportFormat>(['c', 'flash-c', 'onnx', 'mcuboot']);
/** Tells whether a format has a circuit, and so a form of it. */
export const hasCircuit = (format: ExportFormat): boolean => !WITHOUT_CIRCUIT.has(format);

/** Tells whether a format is a source in C with a header beside it. */
export const hasHeader = (format: ExportFormat): boolean => EXPORT_EXTENSIONS[format] === 'c';

export interface ExportOptions extends Following {
  /** A .abit file. */
  readonly bitstream: string;
  readonly format: ExportFormat;
  readonly output: string;
  /** The form of the circuit (`auto`). C, ONNX and images have none. */
  readonly form?: CircuitFormChoice;
  readonly goals?: CircuitGoals;
  /** The name of modules, functions and constants. If absent, as in the bitstream. */
  readonly name?: string | undefined;
  /** The file for a program that checks the golden vectors, for Verilog and C. */
  readonly testbench?: string | undefined;
  /** The only part to draw, for drawings. */
  readonly scope?: string | undefined;
  /** Whether drawings have every cell instead of a box for each part. */
  readonly cells?: boolean | undefined;
}

/** What was written. */
export type Exported = {
  /** The bytes of the output. */
  readonly bytes: number;
  readonly goldenVectors: number;
} & (
  | { readonly format: Exclude<ExportFormat, 'c' | 'flash-c'> }
  | {
      readonly format: 'flash-c';
      readonly header: string;
      /** The name of the bitstream in C. */
      readonly array: string;
      /** The memory for its values. */
      readonly workBytes: number;
    }
  | {
      readonly format: 'c';
      readonly header: string;
      /** Name of the function that infers. */
      readonly infer: string;
      readonly workBytes: number;
    }
);

/** Returns the header beside a C source. */
export const headerOf = (source: string): string => `${source.replace(/\.c$/, '')}.h`;

/**
 * Writes a circuit, its network as C or ONNX, or its bitstream as an array in C or an image for mcumgr's tools: all files or none.
 * @throws as `circuitOf` does; CancelledError
 */
export async function exportToFile(options: ExportOptions): Promise<Exported> {
  const { format, output, testbench, name, signal } = options;
  const stored = await readBytes(options.bitstream);
  const bitstream = renamed(decodeBitstream(stored), name);
  const goldenVectors = bitstream.goldenVectors.length;
  if (format === 'flash-c') return { ...(await exportFlash(stored, bitstream, options)), goldenVectors };
  if (format === 'c') return { ...(await exportC(bitstream, options)), goldenVectors };
  if (format === 'mcuboot') {
    const [bytes] = await writeTogether([[output, writeMcubootImage(stored)]]);
    return { format, bytes, goldenVectors };
  }
  if (format === 'onnx') return { format, bytes: await exportOnnx(bitstream, output), goldenVectors };
  const { circuit } = await buildCircuit(bitstream, options.form, options.goals, options);
  const files = [
    fileOf(output, await circuitLines(circuit, format, options), signal),
    ...(testbench === undefined ? [] : [fileOf(testbench, writeTestBench(circuit, bitstream.goldenVectors), signal)]),
  ];
  const [bytes] = await writeTogether(files);
  return { format, bytes, goldenVectors };
}

const renamed = <T extends Bitstream>(bitstream: T, name = bitstream.description.name): T => ({
  ...bitstream,
  description: { ...bitstream.description, name },
});

const fileOf = (path: string, lines: Iterable<string>, signal: AbortSignal | undefined): NewFile => [
  path,
  { lines: linesWhileWanted(lines, signal) },
];

async function exportC(bitstream: Bitstream, { output, testbench, signal }: ExportOptions) {
  const c = cNetworkOf(bitstream);
  const header = headerOf(output);
  const check = (path: string): NewFile =>
    fileOf(path, writeCCheck(c, bitstream.goldenVectors, basename(header)), signal);
  const [bytes] = await writeTogether([
    fileOf(output, writeCSource(c, basename(header)), signal),
    fileOf(header, writeCHeader(c), signal),
    ...(testbench === undefined ? [] : [check(testbench)]),
  ]);
  return { format: 'c', bytes, header, infer: `${c.name}_infer`, workBytes: 4 * c.workWords } as const;
}

/** Writes the network as ONNX, and returns its bytes. */
async function exportOnnx({ network, description }: Bitstream, output: string): Promise<number> {
  const { writeOnnx } = await withPackages('interchange', () => import('../interchange/index.js'));
  const { name, trainedOn, modelDigest } = description;
  const model = { ...network, name, ...(trainedOn === undefined ? {} : { trainedOn }) };
  const [bytes] = await writeTogether([[output, writeOnnx(model, { digest: modelDigest })]]);
  return bytes;
}

async function exportFlash(stored: Uint8Array, bitstream: Bitstream, { output, signal }: ExportOptions) {
  const array = flashArrayOf(stored, bitstream);
  const header = headerOf(output);
  const [bytes] = await writeTogether([
    fileOf(output, writeFlashSource(array, basename(header)), signal),
    fileOf(header, writeFlashHeader(array), signal),
  ]);
  return { format: 'flash-c', bytes, header, array: array.name, workBytes: array.workBytes } as const;
}

/** Writes a circuit in another language. */
export async function circuitLines(
  circuit: Machine,
  format: Exclude<ExportFormat, 'c' | 'flash-c' | 'onnx' | 'mcuboot'>,
  { scope, cells }: Pick<ExportOptions, 'scope' | 'cells'> = {},
): Promise<Iterable<string>> {
  const { netlist, timing } = circuit;
  switch (format) {
    case 'verilog':
      return writeVerilog(netlist, {
        comment: [
          netlist.name,
          timing.valuesPerCycle === undefined
            ? `start is 1 with the first of ${timing.planes} bit planes of x, the most significant first; a new inference may start`
            : `start is 1 with the first ${timing.valuesPerCycle} of ${circuit.shape.inputCount} values of x, which enter in ${entryCycles(circuit)} cycles; a new inference may start`,
          `every ${timing.initiationInterval} cycles; valid and the outputs stand ${timing.latency} cycles after start.`,
        ],
      });
    case 'blif':
      return writeBlif(netlist);
    case 'json':
      return writeYosysJson(netlist);
    case 'dot':
    case 'svg': {
      const dot = writeDot(netlist, {
        ...(scope === undefined ? {} : { scope }),
        ...(cells === undefined ? {} : { cells }),
      });
      if (format === 'dot') return dot;
      const { drawGraph } = await import('../report/draw-graph.js');
      return [await drawGraph(dot)];
    }
  }
}
