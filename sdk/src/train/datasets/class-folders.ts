import { CancelledError, DataError } from '@adiabit/simulator';
import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { readBytes } from '../../files.js';
import { product } from '../network/layers.js';
import type { Dataset, Examples } from './dataset.js';
import { pictureEndings } from './pictures.js';
import { soundEndings } from './sounds.js';
import { completeSplits, partNames, type Parts, type SplitOptions } from './splits.js';
import type { Task } from './task.js';

export interface LoadOptions extends SplitOptions {
  /** Stops between two files. */
  readonly signal?: AbortSignal;
  /** After each file. */
  readonly onProgress?: (filesDone: number, files: number) => void;
}

/** What an example of a task is; the classes come from the folders. */
export type ExampleShape = Task extends infer One
  ? One extends Task
    ? Omit<One, 'name' | 'classNames'>
    : never
  : never;

/** Labels are bytes. */
const maxClasses = 256;

interface LabelledFile {
  readonly path: string;
  readonly label: number;
}

/**
 * Loads a folder with a folder for each class, pictures (PNG, JPEG) or sounds (WAV) in it; or with folders `train`,
 * `validation` or `val`, and `test` that have such folders. Classes are numbered by their names: in numeric order when
 * all are numbers, else in the order of code points. Hidden files are left out. Parts that are not there are cut out of
 * the training files, stratified by class.
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
  const classNames = (await foldersIn(parts.train)).sort(byName);
  checkClasses(parts.train, classNames);
  const list = async (part: string | undefined): Promise<readonly LabelledFile[] | undefined> => {
    if (part === undefined) return undefined;
    await checkSameClasses(part, classNames, parts.train);
    return listFiles(part, classNames, shape);
  };
  const lists = [await list(parts.train), await list(parts.validation), await list(parts.test)] as const;
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
  const [train = [], validation, test] = lists;
  const loaded = {
    train: await load(train),
    validation: validation && (await load(validation)),
    test: test && (await load(test)),
  };
  return { name, source: folder, classNames, ...completeSplits(loaded, options) };
}

/** The folders of the parts; that of `train` is the folder itself when it has no parts. */
async function partFoldersIn(
  folder: string,
): Promise<{ readonly train: string } & Partial<Record<keyof Parts, string>>> {
  const folders = await foldersIn(folder);
  const find = (part: keyof Parts): string | undefined => folders.find((name) => partNames[part].includes(name));
  const [train, validation, test] = [find('train'), find('validation'), find('test')];
  const other = validation ?? test;
  if (train === undefined && other !== undefined) {
    const message = `${folder} has a folder ${other}, but none that is called train.`;
    throw new DataError('not-found', message, { folder });
  }
  return {
    train: join(folder, train ?? ''),
    ...(validation === undefined ? {} : { validation: join(folder, validation) }),
    ...(test === undefined ? {} : { test: join(folder, test) }),
  };
}

/** The decoders are loaded when there is something to decode. */
async function decoderFor(shape: ExampleShape): Promise<(bytes: Uint8Array, file: string) => Uint8Array> {
  if (shape.kind === 'sound') {
    const { soundValues } = await import('./sounds.js');
    return (bytes, file) => soundValues(bytes, shape, file);
  }
  const { pictureValues } = await import('./pictures.js');
  return (bytes, file) => pictureValues(bytes, shape.shape, file);
}

/** Names of the folders in a folder, hidden ones left out. */
export async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory() && !isHidden(entry.name)).map(({ name }) => name);
}

async function listFiles(
  folder: string,
  classNames: readonly string[],
  { kind }: ExampleShape,
): Promise<readonly LabelledFile[]> {
  const endings = kind === 'picture' ? pictureEndings : soundEndings;
  const lists = await Promise.all(
    classNames.map(async (className, label) => {
      const classFolder = join(folder, className);
      const names = (await readdir(classFolder)).filter((name) => !isHidden(name)).sort(byName);
      const offender = names.find((name) => !endings.includes(extname(name).toLowerCase()));
      if (offender !== undefined) {
        const path = join(classFolder, offender);
        const message = `${path} is no ${kind}: its name does not end in ${endings.join(', ')}. Move it elsewhere.`;
        throw new DataError('bad-value', message, { file: path });
      }
      if (names.length === 0) {
        const message = `The class ${classFolder} is empty. Put its ${kind}s there, or remove the folder.`;
        throw new DataError('bad-value', message, { folder: classFolder, class: className });
      }
      return names.map((name) => ({ path: join(classFolder, name), label }));
    }),
  );
  return lists.flat();
}

function checkClasses(folder: string, classNames: readonly string[]): void {
  if (classNames.length < 2) {
    const found = classNames.length === 0 ? 'no folders' : `only the folder ${classNames[0]}`;
    const message = `${folder} has ${found}; it must have one folder for each of two or more classes.`;
    throw new DataError('not-found', message, { folder, classes: classNames.length });
  }
  if (classNames.length > maxClasses) {
    const message = `${folder} has ${classNames.length} folders, but there can be at most ${maxClasses} classes.`;
    throw new DataError('bad-value', message, { folder, classes: classNames.length });
  }
}

async function checkSameClasses(folder: string, classNames: readonly string[], trainFolder: string): Promise<void> {
  const found = await foldersIn(folder);
  const missing = classNames.find((name) => !found.includes(name));
  const unknown = found.find((name) => !classNames.includes(name));
  const offender = missing ?? unknown;
  if (offender === undefined) return;
  const message =
    missing === undefined
      ? `${join(folder, offender)} is a class that ${trainFolder} has not.`
      : `${folder} has no folder for the class ${offender} of ${trainFolder}.`;
  throw new DataError('bad-value', message, { folder, class: offender });
}

const isHidden = (name: string): boolean => name.startsWith('.');

/** Whole numbers by value, before all else, which goes by code points: the same on every machine. */
function byName(left: string, right: string): number {
  const numbers = [left, right].map((name) => (/^\d+$/.test(name) ? Number(name) : Infinity));
  if (numbers[0] !== numbers[1]) return numbers[0] - numbers[1];
  return left < right ? -1 : 1;
}
