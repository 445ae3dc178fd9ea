import { constants } from 'node:fs';
import { access, readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { FileError } from '@adiabit/simulator/errors';
import { errorCode } from './reasons.js';

/** The place where the bytes for a path go. */
export type Place =
  /** A file, there or not: it is replaced as a whole. */
  | { readonly kind: 'file'; readonly path: string; readonly before?: Owner }
  /** A device node or a fifo: bytes are written into it. */
  | { readonly kind: 'device'; readonly path: string }
  /** A file that this process holds open, such as `/dev/stdout`. */
  | { readonly kind: 'open'; readonly descriptor: number };

/** What a file that is replaced hands on. */
export interface Owner {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

const MOST_LINKS = 40;
const OPEN_FILE = new RegExp(`^/(?:dev|proc/(?:self|${process.pid}))/fd/(\\d+)$`);

/**
 * Follows links to where a path leads, also where its last one leads to nothing yet.
 * @throws FileError `file.not-found` for a folder that is not there; errors of the operating system
 */
export async function followLinks(path: string): Promise<string> {
  let current = resolve(path);
  for (let links = 0; links < MOST_LINKS; links++) {
    current = join(await realFolder(path, dirname(current)), basename(current));
    // The link of an open file tells its name, which may lead elsewhere by now, or nowhere.
    if (OPEN_FILE.test(current)) return current;
    const link = await readlink(current).catch(() => undefined);
    if (link === undefined) return current;
    current = resolve(dirname(current), link);
  }
  throw new FileError('wrong-kind', `${path}: its links lead in a circle. Name another file.`, { path });
}

/**
 * Finds where bytes for a path go.
 * @throws FileError `file.wrong-kind` for a folder, `file.read-only` for a file that may not be written to; as {@link
 * followLinks}
 */
export async function placeOf(path: string): Promise<Place> {
  const target = await followLinks(path);
  const descriptor = OPEN_FILE.exec(target)?.[1];
  if (descriptor !== undefined) return { kind: 'open', descriptor: Number(descriptor) };
  const found = await stat(target).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (found === undefined) return { kind: 'file', path: target };
  if (found.isDirectory()) throw new FileError('wrong-kind', `${path} is a folder. Name a file.`, { path });
  if (!found.isFile()) return { kind: 'device', path: target };
  await access(target, constants.W_OK).catch((error: unknown) => {
    throw new FileError(
      'read-only',
      `${path} is read-only. Allow writing to it, or name another file.`,
      { path },
      error,
    );
  });
  return { kind: 'file', path: target, before: { mode: found.mode & 0o7777, uid: found.uid, gid: found.gid } };
}

async function realFolder(path: string, folder: string): Promise<string> {
  try {
    return await realpath(folder);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    throw new FileError('not-found', `${path} cannot be written: there is no folder ${folder}. Make it first.`, {
      path,
    });
  }
}
