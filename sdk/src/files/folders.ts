import { mkdir, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { FileError } from '@adiabit/simulator/errors';
import { explained } from './file-error.js';
import { errorCode, reasonOf } from './reasons.js';

/** Makes a folder, and those above it, unless it is there. @throws FileError saying why it cannot be made */
export async function makeFolder(path: string): Promise<void> {
  try {
    await make(resolve(path));
  } catch (error) {
    const code = errorCode(error);
    const isFile = code === 'EEXIST' || code === 'ENOTDIR';
    const because = isFile ? 'a file stands in its way' : reasonOf(error);
    const kind =
      code === 'ENOSPC'
        ? 'disk-full'
        : isFile
          ? 'wrong-kind'
          : isReadOnly(code)
            ? 'read-only'
            : ('not-written' as const);
    const message = `The folder ${path} cannot be made: ${because}. Name another one.`;
    throw new FileError(kind, message, { path, reason: code }, error);
  }
}

/** Makes one folder after the other: `recursive` of Node calls it "not there" when a disk is read-only. */
async function make(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() === true) return;
  if (found === undefined && dirname(path) !== path) await make(dirname(path));
  await mkdir(path).catch(async (error: unknown) => {
    // Made by another process in between.
    if (!(await stat(path).catch(() => undefined))?.isDirectory()) throw error;
  });
}

/** Removes a file if it is there. @throws FileError when that is not allowed */
export const removeFile = (path: string): Promise<void> => explained(path, rm(path, { force: true }));

const isReadOnly = (code: string | undefined): boolean => code === 'EACCES' || code === 'EPERM' || code === 'EROFS';
