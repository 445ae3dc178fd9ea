import { Command } from 'commander';
import { diffCircuits, type CircuitDifference } from '@adiabit/simulator/analysis';
import { decodeBitstream } from '@adiabit/simulator/bitstream';
import { circuitOf } from '../../compile/circuit-of.js';
import { readBytes } from '../../files.js';
import { goalsOf, withFormOptions, type FormFlags } from '../form.js';
import { count } from '../../text/format.js';
import { vectorsFor } from '../inputs.js';
import { interruptSignal } from '../interrupt.js';
import { createTerminal } from '../terminal.js';
import { integer, positive } from './train.js';

interface DiffFlags extends FormFlags {
  readonly data?: string;
  readonly vectors: number;
  readonly seed: number;
  readonly json?: boolean;
}

export const diffCommand = (): Command =>
  withFormOptions(
    new Command('diff')
      .summary('compare two circuits, down to the first cell that differs')
      .description(
        'Runs both circuits over the same inputs and compares every output. Of the first input that they answer differently ' +
          'it names the first cell and cycle where they part, if both have the same cells, and which configuration bits ' +
          'differ. Exit code 1 when any output differs.',
      )
      .argument('<bitstream>', 'a .abit file')
      .argument('<other>', 'another one, with the same inputs and as many outputs')
      .option('--data <dir>', 'take the test examples in this folder instead of random inputs')
      .option('--vectors <n>', 'how many inputs', positive, 1000)
      .option('--seed <n>', 'of the random inputs', integer, 1)
      .option('--json', 'print the result as JSON'),
  ).action(diffAction);

async function diffAction(file: string, otherFile: string, flags: DiffFlags): Promise<void> {
  const terminal = createTerminal(flags.json === true);
  const signal = interruptSignal();
  const bitstreams = [decodeBitstream(await readBytes(file)), decodeBitstream(await readBytes(otherFile))] as const;
  const [left, right] = bitstreams.map((bitstream) => circuitOf(bitstream, flags.form, goalsOf(flags)).circuit);
  const bar = terminal.progress('compare');
  const difference = await diffCircuits(left, right, await vectorsFor(bitstreams[0], flags), {
    signal,
    onProgress: (done, total) => bar.update(done, total),
  }).finally(() => bar.stop());
  terminal.say(sentences(difference).join('\n'));
  if (difference.differing > 0) process.exitCode = 1;
  const { first, ...rest } = difference;
  terminal.result({
    ...rest,
    ...(first === undefined ? {} : { first: { ...first, outputs: first.outputs.map((outputs) => [...outputs]) } }),
  });
}

function sentences({ vectors, differing, first, configuration }: CircuitDifference): readonly string[] {
  const bits =
    configuration === undefined
      ? 'the circuits have other cells: only their outputs are compared'
      : `${count(configuration.differing)} of ${count(configuration.bits)} configuration bits differ` +
        (configuration.first === undefined ? '' : `, the first: ${configuration.first}`);
  if (first === undefined) return [bits, `${count(vectors)} of ${count(vectors)} inputs get the same outputs`];
  const [one, other] = first.outputs;
  const output = one.findIndex((value, index) => value !== other[index]);
  return [
    bits,
    `${count(differing)} of ${count(vectors)} inputs get other outputs, the first is input ${first.vector}: ` +
      `output ${output} is ${one[output]} and ${other[output]}`,
    ...(first.cell === undefined
      ? []
      : [`there they part in cycle ${first.cell.cycle}: ${first.cell.cell} is ${first.cell.values.join(' and ')}`]),
  ];
}
