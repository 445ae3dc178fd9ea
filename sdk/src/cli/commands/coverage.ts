import { Command } from 'commander';
import { coverage } from '../../workflow/index.js';
import { circuitFlags, withFormOptions, type FormFlags } from '../form.js';
import { integer, positive } from '../parse.js';
import { printCoverage } from '../print/coverage.js';
import { createTerminal } from '../terminal.js';
import { circuitHere, configOption } from '../project.js';
import { watch } from '../watch.js';

interface CoverageFlags extends FormFlags {
  readonly config?: string;
  readonly data?: string;
  readonly vectors?: number;
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
          'not toggle, a test with these inputs cannot see; the cells of the first such nets are named. The outputs are compared ' +
          'with the integer oracle; exit code 1 when any differs.',
      )
      .argument('[bitstream]', 'a .abit file (default: that of the project here)')
      .addOption(configOption())
      .option('--data <dir>', 'take the test examples in this folder instead of random inputs')
      .option('--vectors <n>', 'how many inputs (default: 1000, of a large folded circuit fewer)', positive)
      .option('--seed <n>', 'of the random inputs', integer, 1)
      .option('--list <n>', 'how many nets that did not toggle to name', integer, 10)
      .option('--json', 'print the result as JSON, with all nets that did not toggle'),
  ).action(coverageAction);

async function coverageAction(named: string | undefined, flags: CoverageFlags, command: Command): Promise<void> {
  const terminal = createTerminal(flags.json === true);
  const { list, ...options } = flags;
  const { bitstream, data } = await circuitHere(command, named, flags);
  const covered = await watch(terminal, async (following) =>
    coverage({ ...options, ...circuitFlags(flags), bitstream, data: await data(following), ...following }),
  );
  printCoverage(terminal, covered, list);
}
