import { DataError } from '@adiabit/simulator';
import { readdir } from 'node:fs/promises';
import { cifar10Name, loadCifar10 } from './cifar10.js';
import { foldersIn, loadClassFolders, type LoadOptions } from './class-folders.js';
import type { Dataset } from './dataset.js';
import { isIdxName, loadIdxFolder } from './idx-folder.js';
import { describeTask, folderContents, type Task } from './task.js';

/**
 * Loads a folder by what lies in it: CIFAR-10's binary files, an IDX set, or a folder for each class with pictures or
 * sounds. See `loadCifar10`, `loadIdxFolder` and `loadClassFolders` for the names of their files.
 *
 * @throws DataError `data.not-found` for a folder with none of them, saying what would do; `data.shape-mismatch` for
 * examples of another shape than the task's; and what those three throw
 */
export async function loadFolder(folder: string, task: Task, options: LoadOptions = {}): Promise<Dataset> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw new DataError('not-found', `${folder} is no folder that can be read. Check its name.`, { folder }, error);
  });
  const dataset = await load(folder, names, task, options);
  const { shape } = dataset.train;
  if (withoutOne(shape).join() === withoutOne(task.shape).join()) return dataset;
  const message =
    `${folder}: its examples are ${shape.join(' x ')}, but ${task.name} takes ${describeTask(task)}. ` +
    'Name a folder with that kind of data.';
  throw new DataError('shape-mismatch', message, { expected: task.shape, found: shape });
}

async function load(folder: string, names: readonly string[], task: Task, options: LoadOptions): Promise<Dataset> {
  const { name, kind, classNames } = task;
  if (names.some((file) => cifar10Name.test(file))) return { ...(await loadCifar10(folder, options)), classNames };
  if (names.some(isIdxName)) {
    const dataset = await loadIdxFolder(folder, { ...options, name, kind, classes: classNames.length });
    return { ...dataset, classNames };
  }
  if ((await foldersIn(folder)).length > 0) return loadClassFolders(folder, name, task, options);
  throw new DataError('not-found', `${folder} holds no data that can be read. It must hold ${folderContents(task)}.`, {
    folder,
  });
}

/** [28, 28, 1] is [28, 28]. */
const withoutOne = (shape: readonly number[]): readonly number[] =>
  shape.length > 1 && shape[shape.length - 1] === 1 ? shape.slice(0, -1) : shape;
