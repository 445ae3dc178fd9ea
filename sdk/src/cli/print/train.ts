import { relative } from 'node:path';
import { count, percent } from '../../text/format.js';
import type { Dataset } from '../../train/datasets/dataset.js';
import { describeTask } from '../../train/datasets/task.js';
import { allRecipes, recipeFamilies } from '../../train/recipes/families.js';
import type { Recipe } from '../../train/recipes/recipes.js';
import type { ProjectTraining, TrainingOutcome } from '../../workflow/index.js';
import { asPath, commandLine, option } from '../command-line.js';
import type { Terminal } from '../terminal.js';

const RECIPE_COLUMN = Math.max(...allRecipes.map(({ name }) => name.length));

/** Lists the recipes by what they learn from. */
export const recipesTable = (): string =>
  recipeFamilies
    .flatMap(({ task, recipes }) => [
      `\n  from ${describeTask(task)} (${task.classNames.length} classes):`,
      ...recipes.map(({ name, description }) => `    ${name.padEnd(RECIPE_COLUMN)} ${description}`),
    ])
    .join('\n');

/** Returns recipes, and what their data can be. */
export function recipesHelp(): string {
  return `
Recipes:${recipesTable()}

The data folder, raw or gzip where it is binary; parts that are missing are cut out of "train":
  IDX      train-images-idx3-ubyte, train-labels-idx1-ubyte; the same for val and test (or t10k);
           sounds: train-audio-idx2-ulaw or train-audio-idx2-short
  CIFAR-10 data_batch_1.bin to data_batch_5.bin, test_batch.bin
  classes  a folder for each class with PNG, JPEG or WAV files, or such folders in train, val and test;
           pictures are scaled, sounds resampled; the network gets as many outputs as there are classes
  sensors  a data.json that says where CSV, NPY or JSON lines are and what they mean (docs/guides/sensors.md)
Inputs go into a dense first layer less their means (--no-normalize); recipes with convolutions normalise behind them.
A folder that is called like the task (${[...new Set(recipeFamilies.map(({ task }) => task.name))].join(', ')}) in the data folder goes first.`;
}

/** Says what is trained on what. */
export function sayTraining(terminal: Terminal, recipe: Recipe, { source, train, test }: Dataset): void {
  terminal.say(`${recipe.name}: ${recipe.description}`);
  terminal.say(`data: ${source}, ${count(train.count)} to train on, ${count(test.count)} to test with`);
}

/** Says what a training left, and what may be done with it. */
export function printTrained(
  terminal: Terminal,
  { record, files }: TrainingOutcome,
  flags: { readonly data?: string },
): void {
  terminal.say(`report: ${files.report}`);
  if (files.model !== undefined) {
    const data = option('--data', flags.data && asPath(flags.data));
    terminal.say(`next: ${commandLine(['adiabit', 'compile', asPath(files.model), ...data])}`);
  }
  terminal.result({ ...record, identity: undefined, history: undefined, model: files.model, files });
}

/** Says what the training of a project left. */
export function printProjectTraining(terminal: Terminal, { record, model, report, folder }: ProjectTraining): void {
  const accuracy = record.polished?.hardTestAccuracy ?? record.frozenTestAccuracy ?? record.hardTestAccuracy;
  terminal.say(`test accuracy: ${percent(accuracy)}`);
  terminal.say(`report: ${relative('.', report)}`);
  terminal.say('next: adiabit build');
  terminal.result({ ...record, identity: undefined, history: undefined, model, report, folder });
}
