import type { ImportedFile } from '../../workflow/index.js';
import { asPath, commandLine } from '../command-line.js';
import type { Terminal } from '../terminal.js';

const NOTES: Readonly<Record<ImportedFile['notes'][number]['kind'], string>> = {
  'rounded-weights': 'its weights are no whole multiples of a step: rounded to 8 bits',
  'rounded-values': 'its steps have no exact product and shift: a value may be one off at a boundary',
  'sign-of-zero': 'Sign of 0 is 0 in ONNX, and +1 in a binary network',
  'taken-as-whole': 'its values are taken to be whole numbers already; if they are not, quantise them before it',
  'common-unit': 'outputs of several scales: rounded to 16 bits of one',
};

/** Says what was read and how exactly. */
export function printImport(
  terminal: Terminal,
  { model, isExact, outputUnit, notes }: ImportedFile,
  output: string,
  bitstream: string | undefined,
): void {
  terminal.say(
    `wrote ${output}: ${model.layers.length} layers, ${model.input.count} inputs of ${model.input.bits} bits`,
  );
  for (const { kind, node, operator } of notes) terminal.say(`note: ${operator} "${node}": ${NOTES[kind]}`);
  terminal.say(
    isExact
      ? 'the class is that of the graph in exact arithmetic, for every input'
      : 'something is rounded: compare the model with the graph on your data',
  );
  terminal.say(`an output of the graph is the integer times ${outputUnit}`);
  if (bitstream !== undefined) terminal.say(`wrote ${bitstream}`);
  const next = bitstream === undefined ? ['compile', asPath(output)] : ['run', asPath(bitstream), '--board', 'rp2040'];
  terminal.say(`next: ${commandLine(['adiabit', ...next])}`);
  terminal.result({ output, bitstream, layers: model.layers.length, isExact, outputUnit, notes });
}
