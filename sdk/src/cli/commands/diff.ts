import { Command } from 'commander';
import { diff } from '../../workflow/index.js';
import { circuitFlags, withFormOptions, type FormFlags } from '../form.js';
import { integer, positive } from '../parse.js';
import { printDifference } from '../print/diff.js';
import { circuitHere, configOption } from '../project.js';
import { createTerminal } from '../terminal.js';
import { watch } from '../watch.js';

interface DiffFlags extends FormFlags {
  readonly config?: string;
  readonly data?: string;
  readonly vectors?: number;
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
      .argument('[other]', 'another one, with the same inputs and as many outputs (default: that of the project here)')
      .addOption(configOption())
      .option(
        '--data <dir>',
        'take the test examples in this folder (default: those of the project, else random inputs)',
      )
      .option('--vectors <n>', 'how many inputs (default: 1000, of a large folded circuit fewer)', positive)
      .option('--seed <n>', 'of the random inputs', integer, 1)
      .option('--json', 'print the result as JSON'),
  ).action(diffAction);

async function diffAction(
  bitstream: string,
  named: string | undefined,
  flags: DiffFlags,
  command: Command,
): Promise<void> {
  const terminal = createTerminal(flags.json === true);
  const { bitstream: other, data } = await circuitHere(command, named, flags);
  const difference = await watch(terminal, async (following) =>
    diff({ ...flags, ...circuitFlags(flags), bitstream, other, data: await data(following), ...following }),
  );
  printDifference(terminal, difference);
}
