/** What lies in a data folder, by name and kind: the same for every reader. */
import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { DataError } from '@adiabit/simulator/errors';
import { reasonOf } from '../../files.js';

/** File name endings that are read as pictures. */
export const pictureEndings: readonly string[] = ['.png', '.jpg', '.jpeg'];

/** File name endings that are read as sounds. */
export const soundEndings: readonly string[] = ['.wav', '.wave'];

/** The six files of CIFAR-10, `.gz` left out. */
export const cifar10Name = /^(data_batch_[1-5]|test_batch)\.bin(\.gz)?$/;

/**
 * A file of an IDX set, its part left out. Unpackers leave a dot in front of `idx`, where the originals have a hyphen.
 */
const idxName = /-(images[-.]idx[34]-ubyte|audio[-.]idx2-(ulaw|short)|labels[-.]idx1-ubyte)(\.gz)?$/;

export const isIdxName = (name: string): boolean => !isClutter(name) && idxName.test(name);

/** Tells whether a file of that name is read as data by any reader. */
export const isDataFile = (name: string): boolean =>
  isIdxName(name) ||
  cifar10Name.test(name) ||
  [...pictureEndings, ...soundEndings].includes(extname(name).toLowerCase());

/** What operating systems, archives and network disks leave in folders, in lower case. */
const CLUTTER: ReadonlySet<string> = new Set([
  ...['thumbs.db', 'ehthumbs.db', 'ehthumbs_vista.db', 'desktop.ini', '$recycle.bin', 'system volume information'],
  ...['icon\r', '__macosx', '@eadir', '#recycle', 'lost+found', 'network trash folder', 'temporary items'],
]);

/** Tells whether a file is hidden, or one that a system puts into folders by itself. */
const isClutter = (name: string): boolean => name.startsWith('.') || CLUTTER.has(name.toLowerCase());

export interface FolderContents {
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

/**
 * Lists a folder, in the order of the names; links are what they lead to, and clutter is left out.
 * @throws DataError `data.not-found` for a folder that cannot be read, or a link that leads nowhere
 */
export async function listFolder(folder: string): Promise<FolderContents> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    const message = `${folder} is no folder that can be read: ${reasonOf(error)}. Check its name.`;
    throw new DataError('not-found', message, { folder }, error);
  });
  const files: string[] = [];
  const folders: string[] = [];
  for (const entry of entries) {
    if (isClutter(entry.name)) continue;
    const found = entry.isSymbolicLink() ? await followed(join(folder, entry.name)) : entry;
    (found.isDirectory() ? folders : files).push(entry.name);
  }
  return { files: files.sort(byName), folders: folders.sort(byName) };
}

const followed = (link: string) =>
  stat(link).catch((error: unknown) => {
    const message = `${link} is a link that cannot be followed: ${reasonOf(error)}. Mend it, or remove it.`;
    throw new DataError('not-found', message, { file: link }, error);
  });

/** Returns a name as it is compared: the same letters may be written in several ways in Unicode. */
export const normalName = (name: string): string => name.normalize('NFC');

/**
 * Orders names: whole numbers first, by value, then all others by normalised code units. It is the same on every
 * machine.
 */
export function byName(left: string, right: string): number {
  const numbers = [left, right].map((name) => (/^\d+$/.test(name) ? Number(name) : Infinity));
  if (numbers[0] !== numbers[1]) return numbers[0] - numbers[1];
  return normalName(left) < normalName(right) ? -1 : 1;
}
