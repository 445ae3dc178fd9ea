import { join } from 'node:path';
import { DataError } from '@adiabit/simulator/errors';
import { loadCifar10 } from './cifar10.js';
import { loadClassFolders, type LoadOptions } from './class-folders.js';
import { cifar10Name, isIdxName, listFolder, type FolderContents } from './data-files.js';
import type { Dataset } from './dataset.js';
import { loadIdxFolder } from './idx-folder.js';
import { describeTask, folderContents, type Task } from './task.js';

/**
 * Loads a folder by what lies in it: CIFAR-10's binary files, an IDX set, or a folder for each class with pictures or
 * sounds. See `loadCifar10`, `loadIdxFolder` and `loadClassFolders` for the names of their files.
 *
 * @throws DataError `data.not-found` for a folder with none of them, saying what would do; `data.shape-mismatch` for
 * examples of another shape than the task's; and what those three throw
 */
export async function loadFolder(folder: string, task: Task, options: LoadOptions = {}): Promise<Dataset> {
  const dataset = await load(folder, await listFolder(folder), task, options);
  const { shape } = dataset.train;
  const rate = task.kind === 'sound' ? { sampleRateHz: task.sampleRateHz } : {};
  if (withoutUnitChannel(shape).join() === withoutUnitChannel(task.shape).join()) return { ...dataset, ...rate };
  const message =
    `${folder}: its examples are ${shape.join(' x ')}, but ${task.name} takes ${describeTask(task)}. ` +
    'Name a folder with that kind of data.';
  throw new DataError('shape-mismatch', message, { expected: task.shape, found: shape });
}

async function load(
  folder: string,
  { files, folders }: FolderContents,
  task: Task,
  options: LoadOptions,
): Promise<Dataset> {
  const { name, kind, classNames } = task;
  if (files.some((file) => cifar10Name.test(file))) return { ...(await loadCifar10(folder, options)), classNames };
  if (files.some(isIdxName)) return loadIdxFolder(folder, { ...options, name, kind, classNames });
  if (folders.length > 0) return loadClassFolders(folder, name, task, options);
  throw new DataError('not-found', `${folder} holds no data that can be read. It must hold ${folderContents(task)}.`, {
    folder,
  });
}

/**
 * Returns the folder of a task's data where several tasks' data lie side by side: one in it that is called like the
 * task and holds data of its own, an IDX set, CIFAR-10 or folders. With pictures or sounds in it, it is a class that
 * has that name.
 */
export async function taskFolder(folder: string, task: Task): Promise<string> {
  if (!(await listFolder(folder)).folders.includes(task.name)) return folder;
  const own = join(folder, task.name);
  const { files, folders } = await listFolder(own);
  return folders.length > 0 || files.some((file) => isIdxName(file) || cifar10Name.test(file)) ? own : folder;
}

/** Leaves a last axis of 1 out: [28, 28, 1] becomes [28, 28]. */
const withoutUnitChannel = (shape: readonly number[]): readonly number[] =>
  shape.length > 1 && shape[shape.length - 1] === 1 ? shape.slice(0, -1) : shape;
