/** Files that must not replace anything: keys. */
import { open, rm } from 'node:fs/promises';
import { FileError } from '@adiabit/simulator/errors';
import { explained } from './file-error.js';
import { errorCode } from './reasons.js';

/** A file to create, with the mode that it has from its first moment on. */
export type CreatedFile = readonly [path: string, content: string, mode: number];

/**
 * Creates files, all or none, each by the one call of the operating system that fails where there is anything already, a link included.
 * @throws FileError `file.exists`, and as `writeWhole` does
 */
export async function writeNew(files: readonly CreatedFile[]): Promise<void> {
  const created: string[] = [];
  try {
    for (const [path, content, mode] of files) {
      const file = await explained(path, openNew(path, mode));
      created.push(path);
      try {
        await explained(path, file.writeFile(content));
        await explained(path, file.sync());
      } finally {
        await file.close();
      }
    }
  } catch (error) {
    await Promise.all(created.map((path) => rm(path, { force: true })));
    throw error;
  }
}

async function openNew(path: string, mode: number) {
  try {
    return await open(path, 'wx', mode);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    throw new FileError('exists', `${path} is there already. Choose another name, or move it away.`, { path });
  }
}
