import { basename } from 'node:path';
import { Command, Option } from 'commander';
import { decodeBitstream, type Bitstream } from '@adiabit/simulator/bitstream';
import { entryCycles, type Machine } from '@adiabit/simulator/fabric';
import {
  cNetworkOf,
  writeBlif,
  writeCCheck,
  writeCHeader,
  writeCSource,
  writeDot,
  writeTestBench,
  writeVerilog,
  writeYosysJson,
} from '@adiabit/simulator/interchange';
import { circuitOf } from '../../compile/circuit-of.js';
import { readBytes, writeTogether } from '../../files.js';
import { drawGraph } from '../../report/draw-graph.js';
import { goalsOf, withFormOptions, type FormFlags } from '../form.js';
import { asPath, commandLine } from '../command-line.js';
import { bytes } from '../../text/format.js';
import { refuseClashes } from '../paths.js';
import { createTerminal, type Terminal } from '../terminal.js';
import { networkName } from './train.js';

const EXTENSIONS = { verilog: 'v', blif: 'blif', json: 'json', dot: 'dot', svg: 'svg', c: 'c' } as const;
type Format = keyof typeof EXTENSIONS;

interface ExportFlags extends FormFlags {
  readonly format: Format;
  readonly output?: string;
  readonly name?: string;
  readonly testbench?: string;
  readonly scope?: string;
  readonly cells?: boolean;
  readonly json?: boolean;
}

export const exportCommand = (): Command =>
  withFormOptions(
    new Command('export')
      .summary('write the circuit for other tools: Verilog, BLIF, Yosys JSON, DOT, SVG, C')
      .description(
        'Builds the circuit from the bytes of the bitstream and writes it in the language of another tool. In the ' +
          'configurable form the bits of the configuration are an input, cfg. --testbench writes the Verilog that drives it, streams the ' +
          'golden vectors of the bitstream and checks every output and the latency. ' +
          'C is the network with constant weights, for a board that needs no streaming: a source and, beside it, its ' +
          'header; with it --testbench writes a program that checks the golden vectors.',
      )
      .argument('<bitstream>', 'a .abit file')
      .addOption(
        new Option(
          '--format <name>',
          'verilog: synthesizable, a module per part; blif; json: for Yosys; dot: a drawing for Graphviz; svg: the same, drawn; c: C99, no malloc',
        )
          .choices(Object.keys(EXTENSIONS))
          .default('verilog'),
      )
      .option('-o, --output <file>', 'the file to write (default: beside the bitstream)')
      .option(
        '--name <name>',
        'what modules, functions and constants are called, so that several networks fit into one design or program (default: as in the bitstream)',
        networkName,
      )
      .option('--testbench <file>', 'with verilog and c: also write what checks it by itself')
      .option('--scope <part>', 'with dot and svg: draw this part only, such as layer0.neuron3')
      .option('--cells', 'with dot and svg: draw every cell instead of one box for each part')
      .option('--json', 'print the result as JSON'),
  ).action(exportAction);

async function exportAction(file: string, flags: ExportFlags, command: Command): Promise<void> {
  if (flags.testbench !== undefined && flags.format !== 'verilog' && flags.format !== 'c')
    command.error('error: --testbench belongs to --format verilog and --format c', { exitCode: 2 });
  if (flags.format === 'c' && command.getOptionValueSource('form') === 'cli')
    command.error('error: --form is the form of a circuit; --format c has none', { exitCode: 2 });
  if ((flags.scope !== undefined || flags.cells === true) && flags.format !== 'dot' && flags.format !== 'svg')
    command.error('error: --scope and --cells belong to --format dot and --format svg', { exitCode: 2 });
  const output = outputOf(file, flags);
  const stdoutIsTaken = await refuseClashes(command, {
    ...{ json: flags.json, inputs: { 'the bitstream': file } },
    outputs: {
      [flags.output === undefined ? 'the export' : '--output']: output,
      'the header': flags.format === 'c' ? headerOf(output) : undefined,
      '--testbench': flags.testbench,
    },
  });
  const terminal = createTerminal(flags.json === true, stdoutIsTaken);
  const bitstream = renamed(decodeBitstream(await readBytes(file)), flags.name);
  const { goldenVectors } = bitstream;
  if (flags.format === 'c') {
    await exportC(bitstream, output, flags, terminal);
    return;
  }
  const { circuit } = circuitOf(bitstream, flags.form, goalsOf(flags));
  const { testbench } = flags;
  const [size] = await writeTogether([
    [output, { lines: await linesOf(circuit, flags.format, flags) }],
    ...(testbench === undefined ? [] : ([[testbench, { lines: writeTestBench(circuit, goldenVectors) }]] as const)),
  ]);
  terminal.say(`wrote ${output}, ${bytes(size)}`);
  if (testbench !== undefined) {
    terminal.say(`wrote ${testbench}, ${goldenVectors.length} golden vectors`);
    const build = commandLine(['iverilog', '-g2012', '-o', 'bench', asPath(output), asPath(testbench)]);
    terminal.say(`next: ${build} && vvp -N bench`);
  }
  terminal.result({ output, bytes: size, format: flags.format, testbench });
}

const renamed = <T extends Bitstream>(bitstream: T, name = bitstream.description.name): T => ({
  ...bitstream,
  description: { ...bitstream.description, name },
});

const outputOf = (file: string, { output, format }: ExportFlags): string =>
  output ?? `${file.replace(/\.abit$/, '')}.${EXTENSIONS[format]}`;

const headerOf = (source: string): string => `${source.replace(/\.c$/, '')}.h`;

async function exportC(bitstream: Bitstream, output: string, flags: ExportFlags, terminal: Terminal): Promise<void> {
  const c = cNetworkOf(bitstream);
  const header = headerOf(output);
  const { testbench } = flags;
  const [size] = await writeTogether([
    [output, { lines: writeCSource(c, basename(header)) }],
    [header, { lines: writeCHeader(c) }],
    ...(testbench === undefined
      ? []
      : ([[testbench, { lines: writeCCheck(c, bitstream.goldenVectors, basename(header)) }]] as const)),
  ]);
  terminal.say(
    `wrote ${output}, ${bytes(size)}, and ${header}: ${c.name}_infer, ${bytes(4 * c.workWords)} of work memory`,
  );
  if (testbench !== undefined) {
    terminal.say(`wrote ${testbench}, ${bitstream.goldenVectors.length} golden vectors`);
    const build = commandLine(['cc', '-std=c99', '-O2', '-o', 'check', asPath(output), asPath(testbench)]);
    terminal.say(`next: ${build} && ./check`);
  }
  terminal.result({ output, header, bytes: size, workBytes: 4 * c.workWords, format: flags.format, testbench });
}

async function linesOf(
  circuit: Machine,
  format: Exclude<Format, 'c'>,
  { scope, cells }: ExportFlags,
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
      return format === 'dot' ? dot : [await drawGraph(dot)];
    }
  }
}
