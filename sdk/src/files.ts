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

/** Writes lines one after the other to a temporary name and renames it; gives the bytes written. */
export async function writeLines(path: string, lines: Iterable<string>): Promise<number> {
  const temporary = `${path}.${process.pid}.part`;
  const stream = createWriteStream(temporary);
  try {
    await pipeline(chunksOf(lines), stream);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  return stream.bytesWritten;
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
