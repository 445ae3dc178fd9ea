import { Command } from 'commander';
import { buildProject, checkProject } from '../../workflow/index.js';
import { printBuilt, printChecked } from '../print/build.js';
import { configOption } from '../project.js';
import { createTerminal } from '../terminal.js';
import { watch } from '../watch.js';

interface BuildFlags {
  readonly config?: string;
  readonly check?: boolean;
  readonly json?: boolean;
}

export const buildCommand = (): Command =>
  new Command('build')
    .summary('build the project here: data to a checked bitstream, only what changed')
    .description(
      'Trains the network of adiabit.config.*, freezes it, compiles it for every target, measures it on emulated boards, holds it to the budgets, ' +
        'and writes what is committed: model, bitstream, C, Verilog, and adiabit.lock.json, which says where they come from. What has not ' +
        'changed is not done again; after Ctrl-C the same command goes on. Checkpoints and the page about the training lie in .adiabit. ' +
        'Exit code 1 when a budget is missed; the committed files then stay as they were.',
    )
    .addOption(configOption())
    .option(
      '--check',
      'train nothing: fail unless the committed files are those that config, data and model make, and the budgets hold',
    )
    .option('--json', 'print the result as JSON')
    .action(buildAction);

async function buildAction({ config, check, json }: BuildFlags): Promise<void> {
  const terminal = createTerminal(json === true);
  await watch(terminal, async (following) => {
    if (check === true) printChecked(terminal, await checkProject({ config, ...following }));
    else printBuilt(terminal, await buildProject({ config, ...following }));
  });
}
