import { basename } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { compileToFile, importToFile } from '../../workflow/index.js';
import { outputTerminal } from '../output-terminal.js';
import { networkName, positive } from '../parse.js';
import { printImport } from '../print/import.js';
import { watch } from '../watch.js';

interface ImportFlags {
  readonly output?: string;
  readonly bitstream?: string;
  readonly name?: string;
  readonly bits: number;
  readonly divisor?: number;
  readonly mean?: readonly number[];
  readonly deviation?: readonly number[];
  readonly classes?: readonly string[];
  readonly json?: boolean;
}

export const importCommand = (): Command =>
  new Command('import')
    .summary('read a network that was trained elsewhere: ONNX, QONNX, Keras')
    .description(
      'Reads an .onnx file, as Brevitas and PyTorch export them, or the .h5 file of a sequential Keras or Larq model, and writes it as a model of exact integers. What has no integer form ' +
        'is refused with the name of its node. The graph is taken to see (x / divisor - mean) / deviation for bytes x.',
    )
    .argument('<file>', 'an .onnx or .h5 file')
    .option('-o, --output <file>', 'the model (default: beside the file, .model.json)')
    .option('--bitstream <file>', 'also compile it to this bitstream')
    .option('--name <name>', 'what the network is called (default: as the file)', networkName)
    .option('--bits <n>', 'bits of an input value, 1 to 8', positive, 8)
    .option('--divisor <x>', 'what bytes are divided by (default: 255 if the graph takes real numbers)', number)
    .option('--mean <list>', 'what is subtracted then: one number, or one a channel', numbers)
    .option('--deviation <list>', 'what is divided by then: one number, or one a channel', numbers)
    .addOption(new Option('--classes <list>', 'names of the classes, with commas').argParser((text) => text.split(',')))
    .option('--json', 'print the result as JSON')
    .action(importAction);

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('Give a number.');
  return value;
}

const numbers = (text: string): readonly number[] => text.split(',').map(number);

async function importAction(file: string, flags: ImportFlags, command: Command): Promise<void> {
  const { bitstream, bits, divisor, mean, deviation, classes, json } = flags;
  const output = flags.output ?? `${file.replace(/\.(onnx|h5)$/, '')}.model.json`;
  const terminal = await outputTerminal(command, {
    json,
    inputs: { 'the file': file },
    outputs: { [flags.output === undefined ? 'the model' : '--output']: output, '--bitstream': bitstream },
  });
  const input = {
    bits,
    ...(divisor === undefined ? {} : { divisor }),
    ...(mean === undefined ? {} : { mean }),
    ...(deviation === undefined ? {} : { deviation }),
  };
  const options = { file, output, input, name: flags.name ?? nameOf(file) };
  const imported = await watch(terminal, (following) =>
    importToFile({ ...options, ...(classes === undefined ? {} : { classNames: classes }), ...following }),
  );
  if (bitstream !== undefined) {
    await watch(terminal, (following) => compileToFile({ modelFile: output, output: bitstream, ...following }));
  }
  printImport(terminal, imported, output, bitstream);
}

/** Makes a name of a network of that of a file. */
function nameOf(file: string): string {
  const name = basename(file)
    .replace(/\.[^.]*$/, '')
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .slice(0, 60);
  return /^[A-Za-z]/.test(name) ? name : `net-${name}`;
}
