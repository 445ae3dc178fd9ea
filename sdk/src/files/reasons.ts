/** What the operating system's error codes mean to a user who looks for the fault. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'it is not there',
  ENOTDIR: 'a part of its path is no folder',
  EISDIR: 'it is a folder',
  EEXIST: 'something else has that name',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'it would be larger than files may be here',
  ENAMETOOLONG: 'its name is too long',
  ELOOP: 'its links lead in a circle',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  EIO: 'the disk reports a fault',
  EBUSY: 'another program uses it',
  ETXTBSY: 'it is a program that runs',
  ENXIO: 'nothing is behind it',
  EBADF: 'it is not open for that',
  ERR_FS_FILE_TOO_LARGE: 'it is larger than 2 GiB',
  ERR_INVALID_ARG_VALUE: 'its name holds a zero byte',
};

/** Tells whether an error is of the operating system, or of Node on its behalf. */
export const isSystemError = (error: unknown): error is Error & { readonly code: string; readonly path?: string } =>
  error instanceof Error &&
  'code' in error &&
  typeof error.code === 'string' &&
  ('syscall' in error || error.code in REASONS);

export const errorCode = (error: unknown): string | undefined => (isSystemError(error) ? error.code : undefined);

/** Says in words why the operating system refused. For an unknown code it says only that it did. */
export function reasonOf(error: unknown): string {
  return REASONS[errorCode(error) ?? ''] ?? 'the operating system refuses it';
}
