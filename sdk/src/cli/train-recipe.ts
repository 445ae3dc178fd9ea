import type { Command } from 'commander';
import { withChanges } from '../project/settings.js';
import { describeSchedule } from '../train/schedules/schedules.js';
import { fitRecipe, loadDataOf, trainToFolder } from '../workflow/index.js';
import { startFrom } from '../workflow/start.js';
import { recipeFrom } from './parse.js';
import { printTrained, sayTraining } from './print/train.js';
import type { Terminal } from './terminal.js';
import { checkTrainingFolder, teacherOf, type TrainFlags } from './training-folder.js';
import { watch } from './watch.js';

/** Trains a recipe, as flags say. */
export async function trainRecipe(flags: TrainFlags, command: Command, terminal: Terminal): Promise<void> {
  await checkTrainingFolder(flags, command);
  await watch(terminal, async (following) => {
    const { seed, backend, threads, out: folder, name, resume, shards, data } = flags;
    const chosen = await recipeFrom(flags.recipe);
    const dataset = await loadDataOf(chosen, data, following);
    // A network to go on from has learnt from inputs as they are.
    const normalize = flags.normalize && flags.start === undefined;
    const { recipe: fitted, notes } = await fitRecipe(withChanges(chosen, flags), dataset, { data, normalize });
    const recipe = shards === undefined ? fitted : { ...fitted, shards };
    sayTraining(terminal, recipe, dataset);
    notes.forEach((note) => following.observer.onNote?.(note));
    terminal.say(describeSchedule(recipe.schedule).replace(/^/gm, '  '));
    const start = flags.start === undefined ? undefined : await startFrom(flags.start, recipe);
    const teacher = await teacherOf(flags);
    const training = { recipe, dataset, seed, backend, threads, start, teacher, folder, name, resume };
    printTrained(terminal, await trainToFolder({ ...training, ...following }), flags);
  });
}
