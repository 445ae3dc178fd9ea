import { createWriteStream } from 'node:fs';
import { access, readFile, rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
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

const CHUNK_CHARACTERS = 65_536;

/** Writes a text file as `writeTogether` does; its length in bytes. */
export async function writeLines(path: string, lines: Iterable<string>): Promise<number> {
  const [bytes] = await writeTogether([[path, lines]]);
  return bytes;
}

/**
 * Writes text files line by line, all or none: each to a temporary name, and only when all are whole they get their own.
 * Answers their lengths in bytes.
 */
export async function writeTogether(
  files: readonly (readonly [path: string, lines: Iterable<string>])[],
): Promise<readonly number[]> {
  const parts = files.map(([path, lines]) => ({ path, lines, temporary: `${path}.${process.pid}.part` }));
  try {
    const lengths: number[] = [];
    for (const { lines, temporary } of parts) {
      const stream = createWriteStream(temporary);
      await pipeline(chunksOf(lines), stream);
      lengths.push(stream.bytesWritten);
    }
    for (const { path, temporary } of parts) await rename(temporary, path);
    return lengths;
  } catch (error) {
    await Promise.all(parts.map(({ temporary }) => rm(temporary, { force: true })));
    throw error;
  }
}

function* chunksOf(lines: Iterable<string>): Generator<string> {
  let chunk = '';
  for (const line of lines) {
    chunk += `${line}\n`;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk;
}
