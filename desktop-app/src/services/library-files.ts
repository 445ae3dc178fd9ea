import { AppError } from '@adiabit/simulator/errors';
import { join } from 'node:path';
import { readBytes } from '@adiabit/sdk/files';

const ID = /^[0-9a-f]{64}$/;

/** The folder where other services put bitstreams for the library; the lab takes them in when it is next asked. */
export const libraryInbox = (stateFolder: string): string => join(stateFolder, 'library', 'inbox');

/** Returns the file of an entry of the library. @throws AppError `app.not-found` for what is no id of one */
export function libraryFile(stateFolder: string, entry: string): string {
  if (!ID.test(entry)) throw new AppError('not-found', 'This bitstream is not in the library.', { entry });
  return join(stateFolder, 'library', `${entry}.abit`);
}

/** @throws AppError `app.not-found` if the library does not hold it any more */
export const readLibraryFile = (stateFolder: string, entry: string): Promise<Uint8Array> =>
  readBytes(libraryFile(stateFolder, entry)).catch(() => {
    throw new AppError('not-found', 'This bitstream is not in the library any more. Add it again.', { entry });
  });
