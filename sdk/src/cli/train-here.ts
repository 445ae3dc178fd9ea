import type { Command } from 'commander';
import { describeSchedule } from '../train/schedules/schedules.js';
import { openProject, trainProject } from '../workflow/index.js';
import { printProjectTraining, sayTraining } from './print/train.js';
import { overridesIn } from './project.js';
import type { Terminal } from './terminal.js';
import type { TrainFlags } from './training-folder.js';
import { watch } from './watch.js';

/** Trains the network of a config. */
export async function trainHere(
  config: string,
  flags: TrainFlags,
  command: Command,
  terminal: Terminal,
): Promise<void> {
  const { force, epochs, shards, set = [] } = flags;
  const settings = shards === undefined ? set : [...set, `shards=${shards}`];
  await watch(terminal, async (following) => {
    const opened = await openProject({
      config,
      epochs,
      set: settings,
      overrides: overridesIn(command, flags),
      ...following,
    });
    sayTraining(terminal, opened.fitted.recipe, opened.dataset);
    terminal.say(describeSchedule(opened.fitted.recipe.schedule).replace(/^/gm, '  '));
    printProjectTraining(terminal, await trainProject(opened, { force, ...following }));
  });
}
