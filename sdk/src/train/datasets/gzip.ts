import { FormatError } from '@adiabit/simulator/errors';
import { promisify } from 'node:util';
import { constants, gunzip, gunzipSync } from 'node:zlib';
import { readBytes } from '../../files.js';

/** The first two bytes of a gzip member (RFC 1952, section 2.3.1). */
const gzipMagic = [0x1f, 0x8b] as const;

/** Compressed bytes that are enough for a header; deflate makes at most 1,032 times as many of them. */
const HEAD_BYTES = 512;

/** The most bytes that are inflated: no data set that is read whole is larger. */
export const MOST_INFLATED_BYTES = 2 ** 30;

/**
 * Reads the bytes of a file, inflated when they are gzip.
 * @param lengthOf how many bytes there should be, by the first ones. A stream of more is not inflated further.
 * @throws FormatError `format.truncated` for a damaged stream, `format.bad-value` for one that is longer than it should
 * be, or should be longer than is read; DataError `data.not-found`; what `lengthOf` throws
 */
export async function readMaybeGzip(path: string, lengthOf: (head: Uint8Array) => number): Promise<Uint8Array> {
  const stored = await readBytes(path);
  const isGzip = stored[0] === gzipMagic[0] && stored[1] === gzipMagic[1];
  if (!isGzip) return stored;
  try {
    const head = gunzipSync(stored.subarray(0, HEAD_BYTES), { finishFlush: constants.Z_SYNC_FLUSH });
    const length = lengthOf(head);
    if (length > MOST_INFLATED_BYTES) {
      const message = `${path}: it would inflate to ${length} bytes; at most ${MOST_INFLATED_BYTES} are read. Give it in parts.`;
      throw new FormatError('bad-value', message, { file: path, length });
    }
    // One byte more, so that the reader sees that there are more.
    return await promisify(gunzip)(stored, { maxOutputLength: length + 1 });
  } catch (error) {
    if (error instanceof FormatError) throw error;
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') {
      const message = `${path}: the gzip stream goes on after the last element. Get the file again.`;
      throw new FormatError('bad-value', message, { file: path }, error);
    }
    const message = `${path}: the gzip stream is cut off or damaged. Get the file again.`;
    throw new FormatError('truncated', message, { file: path, offset: stored.length }, error);
  }
}
