import { Command, Option } from 'commander';
import {
  entryCycles,
  readBitstream,
  writeBlif,
  writeDot,
  writeTestBench,
  writeVerilog,
  writeYosysJson,
  type Machine,
} from '@adiabit/simulator';
import { circuitOf } from '../../compile/circuit-of.js';
import { readBytes, writeLines } from '../../files.js';
import { goalsOf, withFormOptions, type FormFlags } from '../form.js';
import { bytes } from '../format.js';
import { createTerminal } from '../terminal.js';

const EXTENSIONS = { verilog: 'v', blif: 'blif', json: 'json', dot: 'dot' } as const;
type Format = keyof typeof EXTENSIONS;

interface ExportFlags extends FormFlags {
  readonly format: Format;
  readonly output?: string;
  readonly testbench?: string;
  readonly scope?: string;
  readonly cells?: boolean;
  readonly json?: boolean;
}

export const exportCommand = (): Command =>
  withFormOptions(
    new Command('export')
      .summary('write the circuit for other tools: Verilog, BLIF, Yosys JSON, DOT')
      .description(
        'Builds the circuit from the bytes of the bitstream and writes it in the language of another tool. In the ' +
          'configurable form the bits of the configuration are an input, cfg. --testbench writes the Verilog that drives it, streams the ' +
          'golden vectors of the bitstream and checks every output and the latency.',
      )
      .argument('<bitstream>', 'a .abit file')
      .addOption(
        new Option(
          '--format <name>',
          'verilog: synthesizable, a module per part; blif; json: for Yosys; dot: a drawing',
        )
          .choices(Object.keys(EXTENSIONS))
          .default('verilog'),
      )
      .option('-o, --output <file>', 'the file to write (default: beside the bitstream)')
      .option('--testbench <file>', 'with verilog: also write the self-checking test bench')
      .option('--scope <part>', 'with dot: draw this part only, such as layer0.neuron3')
      .option('--cells', 'with dot: draw every cell instead of one box for each part')
      .option('--json', 'print the result as JSON'),
  ).action(exportAction);

async function exportAction(file: string, flags: ExportFlags, command: Command): Promise<void> {
  const terminal = createTerminal(flags.json === true);
  if (flags.testbench !== undefined && flags.format !== 'verilog')
    command.error('error: --testbench belongs to --format verilog', { exitCode: 2 });
  if ((flags.scope !== undefined || flags.cells === true) && flags.format !== 'dot')
    command.error('error: --scope and --cells belong to --format dot', { exitCode: 2 });
  const bitstream = readBitstream(await readBytes(file));
  const { goldenVectors } = bitstream;
  const { circuit } = circuitOf(bitstream, flags.form, goalsOf(flags));
  const output = flags.output ?? `${file.replace(/\.abit$/, '')}.${EXTENSIONS[flags.format]}`;
  const size = await writeLines(output, linesOf(circuit, flags));
  terminal.say(`wrote ${output}, ${bytes(size)}`);
  if (flags.testbench !== undefined) {
    await writeLines(flags.testbench, writeTestBench(circuit, goldenVectors));
    terminal.say(`wrote ${flags.testbench}, ${goldenVectors.length} golden vectors`);
    terminal.say(`next: iverilog -g2012 -o bench ${output} ${flags.testbench} && vvp -N bench`);
  }
  terminal.result({ output, bytes: size, format: flags.format, testbench: flags.testbench });
}

function linesOf(circuit: Machine, { format, scope, cells }: ExportFlags): Iterable<string> {
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
      return writeDot(netlist, {
        ...(scope === undefined ? {} : { scope }),
        ...(cells === undefined ? {} : { cells }),
      });
  }
}
