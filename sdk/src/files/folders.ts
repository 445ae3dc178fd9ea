import { mkdir } from 'node:fs/promises';
import { FileError } from '@adiabit/simulator';
import { errorCode, reasonOf } from './reasons.js';

/** Makes a folder, and those above it, unless it is there. @throws FileError saying why it cannot be made */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    const code = errorCode(error);
    const isFile = code === 'EEXIST' || code === 'ENOTDIR';
    const because = isFile ? 'a file stands in its way' : reasonOf(error);
    const kind =
      code === 'ENOSPC' ? 'disk-full' : isFile ? 'wrong-kind' : isReadOnly(code) ? 'read-only' : ('not-written' as const);
    const message = `The folder ${path} cannot be made: ${because}. Name another one.`;
    throw new FileError(kind, message, { path, reason: code }, error);
  }
}

const isReadOnly = (code: string | undefined): boolean => code === 'EACCES' || code === 'EPERM' || code === 'EROFS';
