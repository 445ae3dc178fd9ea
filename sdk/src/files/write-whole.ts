/**
 * The one way in which Adiabit writes files: whole to a temporary name in the same folder, its size checked and flushed
 * to the disk, and only then renamed. Whatever goes wrong before that leaves what was there.
 */
import { rmSync } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FileError } from '@adiabit/simulator/errors';
import { writeToDevice, writeToOpenFile } from './devices.js';
import { explained } from './file-error.js';
import { placeOf, type Owner, type Place } from './places.js';
import { errorCode } from './reasons.js';

/** What a file shall hold. Lines get their line feeds here. */
export type Content = string | Uint8Array | { readonly lines: Iterable<string> };

/** Writes bytes where the file stands. @returns how many were written, which may be fewer than were given */
export type WriteCall = (file: FileHandle, bytes: Uint8Array) => Promise<number>;

/** A file to write. The mode is of a file that is new; one that is replaced keeps its own. */
export type NewFile = readonly [path: string, content: Content, mode?: number];

export interface WriteOptions {
  /** The write call, for tests that put faults in. If absent, the file system's. */
  readonly write?: WriteCall;
}

const CHUNK_CHARACTERS = 65_536;

/**
 * Writes a file whole, or leaves what was there. Links are followed; into device nodes, fifos and `/dev/stdout` the
 * bytes are written as they are.
 * @returns its length in bytes
 * @throws FileError `file.disk-full`, `file.read-only`, `file.not-found` for a folder that is not there,
 * `file.wrong-kind` for a path that is a folder, `file.not-written` for anything else that the operating system refuses
 */
export async function writeWhole(path: string, content: Content, options?: WriteOptions): Promise<number> {
  const [bytes] = await writeTogether([[path, content]], options);
  return bytes;
}

interface Part {
  readonly path: string;
  readonly content: Content;
  readonly mode: number | undefined;
  readonly place: Place;
}

/**
 * Writes files as {@link writeWhole} does, all or none: none is replaced before all are whole.
 * @returns their lengths in bytes
 */
export async function writeTogether(
  files: readonly NewFile[],
  { write = writeSome }: WriteOptions = {},
): Promise<readonly number[]> {
  const parts = await Promise.all(
    files.map(async ([path, content, mode]): Promise<Part> => {
      return { path, content, mode, place: await explained(path, placeOf(path)) };
    }),
  );
  const staged: { readonly part: Part; readonly temporary: string; readonly target: string }[] = [];
  const lengths: number[] = [];
  try {
    for (const part of parts) {
      const { path, content, mode, place } = part;
      if (place.kind === 'file') {
        const file = await explained(path, openTemporary(dirname(place.path), mode));
        staged.push({ part, temporary: file.path, target: place.path });
        lengths.push(await explained(path, fill(file.handle, chunksOf(content), write, place.before)));
      } else if (place.kind === 'device') {
        lengths.push(await explained(path, writeToDevice(place.path, chunksOf(content))));
      } else {
        lengths.push(await explained(path, writeToOpenFile(place.descriptor, chunksOf(content))));
      }
    }
    for (const { part, temporary, target } of staged) await explained(part.path, rename(temporary, target));
    return lengths;
  } finally {
    // Those that were renamed are not there under their temporary names any more.
    await Promise.all(staged.map(({ temporary }) => rm(temporary, { force: true })));
    for (const { temporary } of staged) unfinished.delete(temporary);
  }
}

/** Temporary files of this process, which takes them away when it ends before they are whole. */
const unfinished = new Set<string>();
let isWatchingExit = false;
let counter = 0;

async function openTemporary(
  folder: string,
  mode: number | undefined,
): Promise<{ readonly path: string; readonly handle: FileHandle }> {
  if (!isWatchingExit) {
    isWatchingExit = true;
    process.on('exit', () => {
      for (const path of unfinished) rmSync(path, { force: true });
    });
  }
  for (;;) {
    const path = join(folder, `.adiabit-${process.pid}-${counter++}.part`);
    try {
      const handle = await open(path, 'wx', mode);
      unfinished.add(path);
      return { path, handle };
    } catch (error) {
      // Left by a process of the same number that was killed.
      if (errorCode(error) !== 'EEXIST') throw error;
    }
  }
}

async function fill(
  file: FileHandle,
  chunks: Iterable<Uint8Array>,
  write: WriteCall,
  before: Owner | undefined,
): Promise<number> {
  let length = 0;
  try {
    for (const chunk of chunks) {
      await writeAll(file, chunk, write);
      length += chunk.length;
    }
    if (before !== undefined) await copyPermissions(file, before);
    await file.sync();
    const { size } = await file.stat();
    if (size !== length)
      throw new FileError('not-written', `only ${size} of ${length} bytes were kept`, { size, length });
  } finally {
    await file.close();
  }
  return length;
}

async function writeAll(file: FileHandle, bytes: Uint8Array, write: WriteCall): Promise<void> {
  for (let rest = bytes; rest.length > 0;) {
    const written = await write(file, rest);
    if (!(written > 0))
      throw Object.assign(new Error('nothing more could be written'), { code: 'ENOSPC', syscall: 'write' });
    rest = rest.subarray(written);
  }
}

async function writeSome(file: FileHandle, bytes: Uint8Array): Promise<number> {
  return (await file.write(bytes)).bytesWritten;
}

/** Gives a file the permissions and, where this user may, the owner of the one that it replaces. */
async function copyPermissions(file: FileHandle, { mode, uid, gid }: Owner): Promise<void> {
  const own = await file.stat();
  if (own.uid !== uid || own.gid !== gid) await file.chown(uid, gid).catch(() => undefined);
  if ((own.mode & 0o7777) !== mode) await file.chmod(mode);
}

function* chunksOf(content: Content): Generator<Uint8Array> {
  if (typeof content === 'string') yield Buffer.from(content);
  else if (content instanceof Uint8Array) yield content;
  else {
    let chunk = '';
    for (const line of content.lines) {
      chunk += `${line}\n`;
      if (chunk.length < CHUNK_CHARACTERS) continue;
      yield Buffer.from(chunk);
      chunk = '';
    }
    yield Buffer.from(chunk);
  }
}
