import { access, readFile } from 'node:fs/promises';
import { DataError } from '@adiabit/simulator/errors';
import { errorCode, reasonOf } from './files/reasons.js';

export { makeFolder, removeFile } from './files/folders.js';
export { reasonOf } from './files/reasons.js';
export { writeNew, type CreatedFile } from './files/write-new.js';
export { writeTogether, writeWhole, type Content, type NewFile, type WriteOptions } from './files/write-whole.js';

/** Reads a file whole. @throws DataError `data.not-found` naming the file and the reason */
export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (error) {
    const message = `${path} cannot be read: ${reasonOf(error)}. Check the name.`;
    throw new DataError('not-found', message, { path, reason: errorCode(error) }, error);
  }
}

/** Reads a text file whole. @throws DataError as {@link readBytes} */
export const readText = async (path: string): Promise<string> => new TextDecoder().decode(await readBytes(path));

export const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
