import { CancelledError, DataError } from '@adiabit/simulator/errors';
import { extname, join } from 'node:path';
import { readBytes } from '../../files.js';
import { product } from '../network/layers.js';
import type { Dataset, Examples } from './dataset.js';
import { listFolder, normalName, pictureEndings, soundEndings } from './data-files.js';
import { completeSplits, partNames, type Parts, type SplitOptions } from './splits.js';
import type { Task } from './task.js';

export interface LoadOptions extends SplitOptions {
  /** Stops between two files. */
  readonly signal?: AbortSignal;
  /** Called after each file. */
  readonly onProgress?: (filesDone: number, files: number) => void;
}

/** What an example of a task is; the classes come from the folders. */
export type ExampleShape = Task extends infer One
  ? One extends Task
    ? Omit<One, 'name' | 'classNames'>
    : never
  : never;

/** Labels are bytes. */
const MAX_CLASSES = 256;

interface LabelledFile {
  readonly path: string;
  readonly label: number;
}

/**
 * Loads a folder with a folder for each class, pictures (PNG, JPEG) or sounds (WAV) in it; or with folders `train`,
 * `validation` or `val`, and `test` that have such folders. Classes are numbered by their names: in numeric order when
 * all are numbers, else in the order of their letters, normalised. Links are followed; hidden files and what systems
 * leave in folders are passed over. Parts that are not there are cut out of the training files, stratified by class.
 *
 * @throws DataError `data.not-found` for a folder without classes, `data.bad-value` naming an empty class, a class that
 * one part has and another has not, or a file of another kind; FormatError naming a file that cannot be decoded;
 * CancelledError
 */
export async function loadClassFolders(
  folder: string,
  name: string,
  shape: ExampleShape,
  options: LoadOptions = {},
): Promise<Dataset> {
  const parts = await partFoldersIn(folder);
  const classes = await classesIn(parts.train);
  const classNames = classes.map((one) => one.name);
  checkClasses(parts.train, classNames);
  const list = async (part: string | undefined): Promise<readonly LabelledFile[] | undefined> =>
    part === undefined ? undefined : listFiles(part, await sameClassesIn(part, classNames, parts.train), shape);
  const lists = [
    await listFiles(parts.train, classes, shape),
    await list(parts.validation),
    await list(parts.test),
  ] as const;
  const files = lists.reduce((sum, one) => sum + (one?.length ?? 0), 0);
  let filesDone = 0;
  const decode = await decoderFor(shape);
  const load = async (labelled: readonly LabelledFile[]): Promise<Examples> => {
    const size = product(shape.shape);
    const values = new Uint8Array(labelled.length * size);
    for (const [index, { path }] of labelled.entries()) {
      if (options.signal?.aborted === true) throw new CancelledError(`Cancelled while ${folder} was read.`);
      values.set(decode(await readBytes(path), path), index * size);
      options.onProgress?.(++filesDone, files);
    }
    const labels = Uint8Array.from(labelled, ({ label }) => label);
    return { count: labelled.length, shape: shape.shape, values, labels, classes: classNames.length };
  };
  const [train, validation, test] = lists;
  const loaded = {
    train: await load(train),
    validation: validation && (await load(validation)),
    test: test && (await load(test)),
  };
  return { name, kind: shape.kind, source: folder, classNames, ...completeSplits(loaded, { ...options, classNames }) };
}

/** Returns the folders of the parts; that of `train` is the folder itself when it has no parts. */
async function partFoldersIn(
  folder: string,
): Promise<{ readonly train: string } & Partial<Record<keyof Parts, string>>> {
  const { folders } = await listFolder(folder);
  const [train, validation, test] = await Promise.all([
    partFolder(folder, folders, 'train'),
    partFolder(folder, folders, 'validation'),
    partFolder(folder, folders, 'test'),
  ]);
  const other = validation ?? test;
  if (train === undefined && other !== undefined) {
    const message = `${folder} has a folder ${other}, but none that is called train.`;
    throw new DataError('not-found', message, { folder });
  }
  if (train === undefined) return { train: folder };
  // Beside the folder of a part, such a name is never that of a class.
  const named = (part: keyof Parts): string | undefined => folders.find((name) => partNames[part].includes(name));
  const [validationFolder, testFolder] = [named('validation'), named('test')];
  return {
    train: join(folder, train),
    ...(validationFolder === undefined ? {} : { validation: join(folder, validationFolder) }),
    ...(testFolder === undefined ? {} : { test: join(folder, testFolder) }),
  };
}

/**
 * Returns the folder of a part: one with folders in it. A class may have the same name (trains among other vehicles),
 * but has files.
 * @throws DataError `data.bad-value` when there are two
 */
async function partFolder(folder: string, folders: readonly string[], part: keyof Parts): Promise<string | undefined> {
  const found: string[] = [];
  for (const name of folders.filter((candidate) => partNames[part].includes(candidate))) {
    if ((await listFolder(join(folder, name))).folders.length > 0) found.push(name);
  }
  if (found.length < 2) return found.at(0);
  const message = `${folder} has folders ${found.join(' and ')}, which both are the ${part} part. Keep one of them.`;
  throw new DataError('bad-value', message, { folder, folders: found });
}

/** Loads a decoder when there is something to decode. */
async function decoderFor(shape: ExampleShape): Promise<(bytes: Uint8Array, file: string) => Uint8Array> {
  if (shape.kind === 'sound') {
    const { soundValues } = await import('./sounds.js');
    return (bytes, file) => soundValues(bytes, shape, file);
  }
  const { pictureValues } = await import('./pictures.js');
  return (bytes, file) => pictureValues(bytes, shape.shape, file);
}

async function listFiles(
  folder: string,
  classes: readonly ClassFolder[],
  { kind }: ExampleShape,
): Promise<readonly LabelledFile[]> {
  const endings = kind === 'picture' ? pictureEndings : soundEndings;
  const lists = await Promise.all(
    classes.map(async ({ name: className, folder: folderName }, label) => {
      const classFolder = join(folder, folderName);
      const { files, folders } = await listFolder(classFolder);
      const offender = folders.at(0) ?? files.find((name) => !endings.includes(extname(name).toLowerCase()));
      if (offender !== undefined) {
        const path = join(classFolder, offender);
        const why = folders.length > 0 ? 'it is a folder' : `its name does not end in ${endings.join(', ')}`;
        throw new DataError('bad-value', `${path} is no ${kind}: ${why}. Move it elsewhere.`, { file: path });
      }
      if (files.length === 0) {
        const message = `The class ${classFolder} is empty. Put its ${kind}s there, or remove the folder.`;
        throw new DataError('bad-value', message, { folder: classFolder, class: className });
      }
      return files.map((name) => ({ path: join(classFolder, name), label }));
    }),
  );
  return lists.flat();
}

/** A class by its normalised name, and the name that its folder has on this disk. */
interface ClassFolder {
  readonly name: string;
  readonly folder: string;
}

/**
 * Returns the folders of the classes.
 * @throws DataError `data.bad-value` for two folders whose names are the same letters
 */
async function classesIn(folder: string): Promise<readonly ClassFolder[]> {
  const classes = (await listFolder(folder)).folders.map((name) => ({ name: normalName(name), folder: name }));
  const twice = classes.find(({ name }, index) => classes.findIndex((one) => one.name === name) < index);
  if (twice === undefined) return classes;
  const message = `${folder} has two folders ${twice.name}, spelled with other Unicode characters. Join them.`;
  throw new DataError('bad-value', message, { folder, class: twice.name });
}

function checkClasses(folder: string, classNames: readonly string[]): void {
  if (classNames.length < 2) {
    const found = classNames.length === 0 ? 'no folders' : `only the folder ${classNames[0]}`;
    const message = `${folder} has ${found}; it must have one folder for each of two or more classes.`;
    throw new DataError('not-found', message, { folder, classes: classNames.length });
  }
  if (classNames.length > MAX_CLASSES) {
    const message = `${folder} has ${classNames.length} folders, but there can be at most ${MAX_CLASSES} classes.`;
    throw new DataError('bad-value', message, { folder, classes: classNames.length });
  }
}

/**
 * Returns the folders of the same classes in another part.
 * @throws DataError `data.bad-value` naming a class that one of both lacks
 */
async function sameClassesIn(
  folder: string,
  classNames: readonly string[],
  trainFolder: string,
): Promise<readonly ClassFolder[]> {
  const found = await classesIn(folder);
  const unknown = found.find(({ name }) => !classNames.includes(name));
  const missing = classNames.find((name) => !found.some((one) => one.name === name));
  const offender = missing ?? unknown?.name;
  if (offender === undefined) return found;
  const message =
    missing === undefined
      ? `${join(folder, offender)} is a class that ${trainFolder} has not.`
      : `${folder} has no folder for the class ${offender} of ${trainFolder}.`;
  throw new DataError('bad-value', message, { folder, class: offender });
}
