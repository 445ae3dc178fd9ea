import { dirname } from 'node:path';
import { AdiabitError, FileError } from '@adiabit/simulator/errors';
import { errorCode, reasonOf } from './reasons.js';

/** Waits for work on a file. @throws FileError naming the file, the reason, and what to do, when the operating system refuses */
export async function explained<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw fileError(path, error);
  }
}

function fileError(path: string, error: unknown): Error {
  if (error instanceof AdiabitError && error.code !== 'file.not-written') return error;
  const because = error instanceof FileError ? error.message : reasonOf(error);
  const details = { path, reason: errorCode(error) };
  const say = (kind: ConstructorParameters<typeof FileError>[0], advice: string): FileError =>
    new FileError(kind, `${path} cannot be written: ${because}. ${advice}`, details, error);
  switch (errorCode(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return say('disk-full', 'What was there before is untouched. Make room, or name a file elsewhere.');
    case 'EACCES':
    case 'EPERM':
    case 'EROFS': {
      const where = `its folder ${dirname(path)} is read-only`;
      const message = `${path} cannot be written: ${where}. Allow writing to it, or name a file elsewhere.`;
      return new FileError('read-only', message, details, error);
    }
    case 'ENOENT':
    case 'ENOTDIR':
      return new FileError(
        'not-found',
        `${path} cannot be written: there is no folder ${dirname(path)}. Make it first.`,
        details,
        error,
      );
    default:
      return say('not-written', 'What was there before is untouched. Name another file.');
  }
}
