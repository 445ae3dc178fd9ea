import { resolve } from 'node:path';
import { Command } from 'commander';
import { withChanges } from '../../project/settings.js';
import type { Recipe } from '../../train/recipes/recipes.js';
import { openProject, summarize, type Following } from '../../workflow/index.js';
import { boardsOption, recipeNamed, recipeOption } from '../parse.js';
import { printOutlook } from '../print/summary.js';
import { configFor, configOption, setOption } from '../project.js';
import { createTerminal } from '../terminal.js';
import { watch } from '../watch.js';
import { collect } from '../ports.js';

interface SummaryFlags {
  readonly config?: string;
  readonly recipe?: string;
  readonly set?: readonly string[];
  readonly board: readonly string[];
  readonly boards?: string;
  readonly json?: boolean;
}

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
    const { recipe, targets, boards } = await subjectOf(config, flags, following);
    const chosen = flags.board.length > 0 ? flags.board : targets;
    const boardIds = chosen.length === 0 ? undefined : chosen;
    printOutlook(terminal, await summarize(recipe, { boardIds, boards, ...following }));
  });
}

interface Subject {
  readonly recipe: Recipe;
  /** Boards of the config. */
  readonly targets: readonly string[];
  readonly boards?: string | undefined;
}

/** Returns the recipe that was named, or that of the project, fitted to its data. */
async function subjectOf(config: string | undefined, flags: SummaryFlags, following: Following): Promise<Subject> {
  const { recipe: name, set, boards } = flags;
  if (name !== undefined) return { recipe: withChanges(recipeNamed(name), { set }), targets: [], boards };
  const { project, fitted } = await openProject({ config, set, ...following });
  const { boards: targets, boardsFolder } = project.config.targets;
  return {
    recipe: fitted.recipe,
    targets,
    boards: boardsFolder === undefined ? boards : resolve(project.folder, boardsFolder),
  };
}
