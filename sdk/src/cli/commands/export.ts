import { Command, Option } from 'commander';
import { EXPORT_EXTENSIONS, hasHeader, headerOf } from '../../workflow/export.js';
import { exportToFile } from '../../workflow/index.js';
import { whyRefused, type ExportFlags } from '../export-flags.js';
import { circuitFlags, withFormOptions } from '../form.js';
import { outputTerminal } from '../output-terminal.js';
import { networkName } from '../parse.js';
import { printExport } from '../print/export.js';
import { circuitHere, configOption } from '../project.js';
import { watch } from '../watch.js';

const FORMATS =
  "verilog: synthesizable, a module per part; blif; json: for Yosys; dot: a drawing for Graphviz; svg: the same, drawn; c: C99, no malloc; flash-c: the bitstream as an array in C, for the firmware's core in a program of your own; onnx: standard operators; mcuboot: the bitstream as an image for smpmgr and other tools of mcumgr";
const NAME =
  'what modules, functions and constants are called, so that several networks fit into one design or program (default: as in the bitstream)';

export const exportCommand = (): Command =>
  withFormOptions(
    new Command('export')
      .summary('write the circuit for other tools: Verilog, BLIF, Yosys JSON, DOT, SVG, C, ONNX, mcumgr')
      .description(
        'Builds the circuit from the bytes of the bitstream and writes it in the language of another tool. In the ' +
          'configurable form the bits of the configuration are an input, cfg. --testbench writes the Verilog that drives it, streams the ' +
          'golden vectors of the bitstream and checks every output and the latency. ' +
          'C is the network with constant weights, for a board that needs no streaming: a source and, beside it, its ' +
          'header; with it --testbench writes a program that checks the golden vectors. flash-c is the bitstream itself. ' +
          'ONNX is the network in standard operators, for ONNX Runtime and viewers such as Netron. mcuboot is the bitstream, with its ' +
          'manifest if it is signed, in the image format that smpmgr uploads to firmware with SMP.',
      )
      .argument('[bitstream]', 'a .abit file (default: that of the project here)')
      .addOption(configOption())
      .addOption(new Option('--format <name>', FORMATS).choices(Object.keys(EXPORT_EXTENSIONS)).default('verilog'))
      .option('-o, --output <file>', 'the file to write (default: beside the bitstream)')
      .option('--name <name>', NAME, networkName)
      .option('--testbench <file>', 'with verilog and c: also write what checks it by itself')
      .option('--scope <part>', 'with dot and svg: draw this part only, such as layer0.neuron3')
      .option('--cells', 'with dot and svg: draw every cell instead of one box for each part')
      .option('--json', 'print the result as JSON'),
  ).action(exportAction);

async function exportAction(named: string | undefined, flags: ExportFlags, command: Command): Promise<void> {
  const { format, testbench, json } = flags;
  const refused = whyRefused(flags, command.getOptionValueSource('form') === 'cli');
  if (refused !== undefined) command.error(`error: ${refused}`, { exitCode: 2 });
  const { bitstream } = await circuitHere(command, named, flags);
  const output = flags.output ?? `${bitstream.replace(/\.abit$/, '')}.${EXPORT_EXTENSIONS[format]}`;
  const outputs = {
    [flags.output === undefined ? 'the export' : '--output']: output,
    'the header': hasHeader(format) ? headerOf(output) : undefined,
    '--testbench': testbench,
  };
  const inputs = { 'the bitstream': bitstream };
  const terminal = await outputTerminal(command, { json, inputs, outputs });
  const options = { ...flags, ...circuitFlags(flags), bitstream, output };
  const exported = await watch(terminal, (following) => exportToFile({ ...options, ...following }));
  printExport(terminal, exported, output, testbench);
}
