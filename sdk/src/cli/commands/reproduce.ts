import { join } from 'node:path';
import { Argument, Command, InvalidArgumentError } from 'commander';
import { CancelledError, FormatError } from '@adiabit/simulator/errors';
import { exists, makeFolder, writeWhole } from '../../files.js';
import { planTrainings, type PlannedTraining } from '../../reproduce/plan.js';
import type { ModeTraining, ResultRow } from '../../reproduce/results.js';
import type { TrainingRecord } from '../../reproduce/training-record.js';
import type { BackendName } from '../../train/backends/names.js';
import type { Dataset } from '../../train/datasets/dataset.js';
import { recipeFamilies, type RecipeFamily } from '../../train/recipes/families.js';
import { binarizationModes, type BinarizationMode } from '../../train/network/network.js';
import type { StartingPoint } from '../../train/network/starting-point.js';
import type { TrainedNetwork } from '../../train/network/trained-network.js';
import { VERSION } from '../../version.js';
import { fittedRecipe, normalizeOption } from '../fitting.js';
import { loadData } from '../inputs.js';
import { interruptSignal } from '../interrupt.js';
import { createTerminal, styled, type Terminal } from '../terminal.js';
import { backendOption, integer, threadsOption } from './train.js';

interface ReproduceFlags {
  readonly modes: readonly BinarizationMode[];
  readonly seeds: readonly number[];
  readonly data?: string;
  readonly normalize: boolean;
  readonly out: string;
  readonly backend: BackendName | 'auto';
  readonly threads?: number;
  readonly json?: boolean;
}

const familyNames = recipeFamilies.map(({ name }) => name);

export const reproduceCommand = (): Command =>
  new Command('reproduce')
    .summary('train a network in every mode and write what each reaches')
    .description(
      'Trains the recipes of a family one after the other: nothing binary, weights, activations, both. Leaves in the output ' +
        'folder a table (Markdown and JSON) and the curves (SVG), renewed after every training. Stop it at any time: the same ' +
        'command goes on where it was, and trains again nothing that is finished.',
    )
    .addArgument(new Argument('[recipe...]', 'families of recipes').choices(familyNames).default(['mnist'], 'mnist'))
    .option('--modes <list>', 'which modes, separated by commas', modeList, binarizationModes)
    .option('--seeds <list>', 'which seeds, separated by commas', seedList, [1])
    .option('--data <dir>', 'folder with the data, or with a folder for each task (see "adiabit train --help")')
    .addOption(normalizeOption())
    .option('--out <dir>', 'folder for the results', 'out/reproduce')
    .addOption(backendOption())
    .addOption(threadsOption())
    .option('--json', 'print the results as JSON')
    .action(reproduceAction);

function modeList(text: string): readonly BinarizationMode[] {
  return text.split(',').map((name) => {
    const mode = binarizationModes.find((candidate) => candidate === name.trim());
    if (mode) return mode;
    throw new InvalidArgumentError(`"${name}" is no mode; there are ${binarizationModes.join(', ')}.`);
  });
}

const seedList = (text: string): readonly number[] => text.split(',').map((seed) => integer(seed.trim()));

async function reproduceAction(names: readonly string[], flags: ReproduceFlags): Promise<void> {
  const terminal = createTerminal(flags.json === true);
  const signal = interruptSignal();
  await makeFolder(flags.out);
  const results: Record<string, readonly ResultRow[]> = {};
  for (const family of recipeFamilies.filter(({ name }) => names.includes(name))) {
    const dataset = await loadData(flags.data, family.task, { terminal, signal });
    results[family.name] = await reproduceFamily(terminal, family, dataset, flags, signal);
  }
  terminal.result(results);
}

/** All trainings of a family. @returns the rows of its table */
async function reproduceFamily(
  terminal: Terminal,
  family: RecipeFamily,
  dataset: Dataset,
  flags: ReproduceFlags,
  signal: AbortSignal,
): Promise<readonly ResultRow[]> {
  const plan = planTrainings(family, flags.modes, flags.seeds);
  const done: ModeTraining[] = [];
  let rows: readonly ResultRow[] = [];
  for (const [index, training] of plan.entries()) {
    if (signal.aborted)
      throw new CancelledError('Cancelled between two trainings. The same command goes on from here.');
    const title = `${family.name} ${index + 1}/${plan.length}: mode ${training.mode}, seed ${training.seed}`;
    terminal.say(styled('bold', title));
    done.push({ mode: training.mode, record: await recordOf(terminal, training, dataset, flags, signal) });
    rows = await writeResults(family, dataset, done, plan.length - done.length, flags);
  }
  const file = join(flags.out, `${family.name}-modes.md`);
  terminal.say(`wrote ${file}, with its figures as .json and its curves as .svg`);
  return rows;
}

/** The record of a training: the one that is there, or that of training it now, from its checkpoint if it has one. */
async function recordOf(
  terminal: Terminal,
  training: PlannedTraining,
  dataset: Dataset,
  flags: ReproduceFlags,
  signal: AbortSignal,
): Promise<TrainingRecord> {
  const { differenceFrom, loadRecord } = await import('../../reproduce/training-record.js');
  const { checkpointFileIn, recordFileIn, trainInto } = await import('../training.js');
  const { datasetFingerprint } = await import('../../train/datasets/fingerprint.js');
  const { originDigests } = await import('../../train/network/starting-point.js');
  const { out, backend, threads } = flags;
  const { seed } = training;
  const { recipe, notes } = await fittedRecipe(training.recipe, dataset, flags);
  const folder = folderOf(out, recipe.name, seed);
  const start = await startOf(training, out);
  const teacher = await teacherOf(training, out);
  const found = await loadRecord(recordFileIn(folder));
  if (found === undefined) {
    const resume = await exists(checkpointFileIn(folder));
    for (const note of notes) terminal.say(`  ${note}`);
    const stage = { recipe, dataset, seed, backend, threads, start, teacher, folder, resume, signal };
    return (await trainInto(terminal, stage)).record;
  }
  const difference = differenceFrom(found, {
    ...{ recipe, seed, dataset: datasetFingerprint(dataset) },
    ...(backend === 'auto' ? {} : { backend }),
    ...originDigests({ start, teacher }),
  });
  if (difference !== undefined) {
    const { path, left, right } = difference;
    const message =
      `${folder} holds another training: its ${path} is ${left}, here it is ${right}. ` +
      'Remove that folder, or name another with --out.';
    throw new FormatError('bad-value', message, { folder, field: path, found: left, expected: right });
  }
  terminal.say(`  finished before, in ${folder}`);
  return found;
}

const folderOf = (out: string, recipe: string, seed: number): string => join(out, `${recipe}-seed-${seed}`);

async function startOf({ family, seed, start }: PlannedTraining, out: string): Promise<StartingPoint | undefined> {
  if (start === undefined) return undefined;
  return { network: await trainedBefore(family, start.from, seed, out), weights: start.weights };
}

async function teacherOf({ family, seed, recipe }: PlannedTraining, out: string): Promise<TrainedNetwork | undefined> {
  return recipe.softTargets && (await trainedBefore(family, recipe.softTargets.from, seed, out));
}

async function trainedBefore({ name }: RecipeFamily, mode: BinarizationMode, seed: number, out: string) {
  const { loadBestNetwork } = await import('../../train/checkpoints/checkpoint.js');
  const { checkpointFileIn } = await import('../training.js');
  return loadBestNetwork(checkpointFileIn(folderOf(out, `${name}-${mode}`, seed)));
}

async function writeResults(
  family: RecipeFamily,
  dataset: Dataset,
  done: readonly ModeTraining[],
  missing: number,
  { out, modes, seeds }: ReproduceFlags,
): Promise<readonly ResultRow[]> {
  const { resultRows, summarizeModes } = await import('../../reproduce/results.js');
  const { resultsTable } = await import('../../reproduce/table.js');
  const { modesDrawing } = await import('../../report/charts/modes.js');
  const rows = resultRows(done);
  const base = `${family.name}-modes`;
  const chosen = modes.length < binarizationModes.length ? ` --modes ${modes.join(',')}` : '';
  const command = `adiabit reproduce ${family.name}${chosen} --seeds ${seeds.join(',')}`;
  const courses = done.map(({ mode, record: { seed, history } }) => ({ mode, seed, history }));
  const { source, train, validation, test } = dataset;
  const data = { source, train: train.count, validation: validation.count, test: test.count };
  const figures = { adiabit: VERSION, family: family.name, data, rows, modes: summarizeModes(rows) };
  const write = (extension: string, text: string): Promise<number> => writeWhole(join(out, base + extension), text);
  await write('.json', JSON.stringify(figures, undefined, 1) + '\n');
  await write('.svg', modesDrawing(courses) + '\n');
  await write('.md', resultsTable({ family: family.name, dataset, command, curves: `${base}.svg`, missing }, rows));
  return rows;
}
