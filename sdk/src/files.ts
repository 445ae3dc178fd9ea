import { access, readFile } from 'node:fs/promises';
import { DataError } from '@adiabit/simulator';

/** Reads a file whole. @throws DataError `data.not-found` naming the file and the reason */
export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    throw new DataError('not-found', `${path} cannot be read (${reason}). Check the name.`, { path, reason }, error);
  }
}

export const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
