import { Command } from 'commander';
import { toggleCoverage, type MissedNet, type PartCoverage } from '@adiabit/simulator/analysis';
import { decodeBitstream } from '@adiabit/simulator/bitstream';
import { circuitOf } from '../../compile/circuit-of.js';
import { readBytes } from '../../files.js';
import { goalsOf, withFormOptions, type FormFlags } from '../form.js';
import { count, percent, table } from '../../text/format.js';
import { vectorsFor } from '../inputs.js';
import { interruptSignal } from '../interrupt.js';
import { createTerminal } from '../terminal.js';
import { integer, positive } from './train.js';

interface CoverageFlags extends FormFlags {
  readonly data?: string;
  readonly vectors: number;
  readonly seed: number;
  readonly list: number;
  readonly json?: boolean;
}

export const coverageCommand = (): Command =>
  withFormOptions(
    new Command('coverage')
      .summary('how much of a circuit a set of inputs moves')
      .description(
        'Runs inputs through the circuit and counts the nets that went from 0 to 1 as well as from 1 to 0, part by part. What does ' +
          'not toggle, a test with these inputs cannot see; the cells of the first such nets are named.',
      )
      .argument('<bitstream>', 'a .abit file')
      .option('--data <dir>', 'take the test examples in this folder instead of random inputs')
      .option('--vectors <n>', 'how many inputs', positive, 1000)
      .option('--seed <n>', 'of the random inputs', integer, 1)
      .option('--list <n>', 'how many nets that did not toggle to name', integer, 10)
      .option('--json', 'print the result as JSON, with all nets that did not toggle'),
  ).action(coverageAction);

async function coverageAction(file: string, flags: CoverageFlags): Promise<void> {
  const terminal = createTerminal(flags.json === true);
  const signal = interruptSignal();
  const bitstream = decodeBitstream(await readBytes(file));
  const { circuit } = circuitOf(bitstream, flags.form, goalsOf(flags));
  const inputs = await vectorsFor(bitstream, flags);
  const bar = terminal.progress('cover');
  const coverage = await toggleCoverage(circuit, inputs, {
    signal,
    onProgress: (done, total) => bar.update(done, total),
  }).finally(() => bar.stop());
  const { nets, toggled, vectors, parts, missed } = coverage;
  terminal.say(`${count(vectors)} inputs toggle ${percent(toggled / nets)} of ${count(nets)} nets`);
  terminal.say(tableOf(parts));
  if (missed.length > 0 && flags.list > 0) {
    terminal.say(`${count(missed.length)} did not toggle${missed.length > flags.list ? ', the first:' : ':'}`);
    terminal.say(missed.slice(0, flags.list).map(sentence).join('\n'));
  }
  terminal.result({ ...coverage });
}

const tableOf = (parts: readonly PartCoverage[]): string =>
  table(
    parts.map(({ part, nets, toggled }) => [
      part,
      `${percent(toggled / nets).padStart(8)}  ${count(toggled)} of ${count(nets)}`,
    ]),
  );

function sentence({ net, rose, fell, cell }: MissedNet): string {
  const how = rose ? 'never fell' : fell ? 'never rose' : 'never moved';
  return `  n${net} ${how}: ${cell}`;
}
