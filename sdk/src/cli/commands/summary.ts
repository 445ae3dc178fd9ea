import { Command } from 'commander';
import { summarize } from '../../workflow/index.js';
import { boardsOption, recipeOption } from '../parse.js';
import { printOutlook } from '../print/summary.js';
import { configFor, configOption, setOption } from '../project.js';
import { summarySubject, type SummaryFlags } from '../summary-subject.js';
import { createTerminal } from '../terminal.js';
import { watch } from '../watch.js';
import { collect } from '../ports.js';

export const summaryCommand = (): Command =>
  new Command('summary')
    .summary('what a network will take, before it is trained')
    .description(
      'Gives the network random weights, freezes and compiles it, and runs it on emulated boards: the shape and the weights of every layer, the ' +
        'gates of the circuit, flash, RAM and cycles on each board. Sizes are exact; gates and cycles depend a little on the weights.',
    )
    .addOption(configOption())
    .addOption(recipeOption())
    .addOption(setOption())
    .option(
      '--board <id>',
      'only this board; may be given more than once (default: those of the config, else all)',
      collect,
      [],
    )
    .addOption(boardsOption())
    .option('--json', 'print the result as JSON')
    .action(summaryAction);

async function summaryAction(flags: SummaryFlags, command: Command): Promise<void> {
  const terminal = createTerminal(flags.json === true);
  const config = await configFor(command, flags, ['recipe']);
  await watch(terminal, async (following) => {
    const { recipe, targets, boards } = await summarySubject(config, flags, following);
    const chosen = flags.board.length > 0 ? flags.board : targets;
    const boardIds = chosen.length === 0 ? undefined : chosen;
    printOutlook(terminal, await summarize(recipe, { boardIds, boards, ...following }));
  });
}
