import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Lists the folders in which drives are mounted; drives of boards are among them. */
export type ListDrives = () => Promise<readonly string[]>;

/** File systems under which Linux mounts a drive with FAT. */
const FAT = new Set(['vfat', 'msdos', 'fat', 'fuseblk', 'exfat']);
const WINDOWS_LETTERS = 'DEFGHIJKLMNOPQRSTUVWXYZ'.split('');

/** Lists the drives of this computer. */
export const systemDrives: ListDrives = () => {
  switch (process.platform) {
    case 'win32':
      return Promise.resolve(WINDOWS_LETTERS.map((letter) => `${letter}:\\`));
    case 'darwin':
      return foldersIn('/Volumes');
    default:
      return readFile('/proc/mounts', 'utf8').then(fatMounts, () => []);
  }
};

/** Returns the folders of a `/proc/mounts` that have a FAT file system; spaces in them are written as `\040`. */
export const fatMounts = (mounts: string): readonly string[] =>
  mounts
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, , type]) => FAT.has(type))
    .map(([, folder]) => folder.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(parseInt(code, 8))));

const foldersIn = (folder: string): Promise<readonly string[]> =>
  readdir(folder).then(
    (names) => names.map((name) => join(folder, name)),
    () => [],
  );
