import { FormatError } from '@adiabit/simulator/errors';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseIdx, parseIdxShorts, readIdx } from './idx.js';

/** Two images of 2 x 3. */
const bytes = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);

function errorOf(act: () => unknown): FormatError {
  try {
    act();
  } catch (error) {
    if (error instanceof FormatError) return error;
  }
  throw new Error('It did not fail with a FormatError.');
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adiabit-idx-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('an IDX file is its shape and its bytes', () => {
  const { shape, values } = parseIdx(bytes, 3, 'images');
  expect(shape).toEqual([2, 2, 3]);
  expect([...values]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
});

test('an IDX file of signed 16-bit integers is big-endian', () => {
  const shorts = Uint8Array.of(0, 0, 0x0b, 1, 0, 0, 0, 3, 0x01, 0x02, 0xff, 0xff, 0x80, 0);
  expect(parseIdxShorts(shorts, 1, 'samples')).toEqual({ shape: [3], values: Int16Array.of(258, -1, -32_768) });
  expect(errorOf(() => parseIdxShorts(shorts.subarray(0, 13), 1, 'samples')).code).toBe('format.truncated');
  expect(() => parseIdxShorts(bytes, 3, 'samples')).toThrow('not an IDX file of signed 16-bit integers');
});

test('raw and gzip files read the same, whatever their names', async () => {
  await writeFile(join(folder, 'raw'), bytes);
  await writeFile(join(folder, 'packed'), gzipSync(bytes));
  expect(await readIdx(join(folder, 'packed'), 3)).toEqual(await readIdx(join(folder, 'raw'), 3));
});

test.each([
  ['the zero bytes', 1, 7],
  ['the element type', 2, 0x0b],
  ['the number of dimensions', 3, 1],
])('another value of %s is a bad magic at its byte', (_, offset, value) => {
  const wrong = bytes.slice();
  wrong[offset] = value;
  const error = errorOf(() => parseIdx(wrong, 3, 'images'));
  expect(error.code).toBe('format.bad-magic');
  expect(error.details).toEqual({ file: 'images', offset });
});

test('a file cut at any byte is truncated there', () => {
  for (let length = 0; length < bytes.length; length++) {
    const error = errorOf(() => parseIdx(bytes.subarray(0, length), 3, 'images'));
    expect(error.code).toBe('format.truncated');
    expect(error.details['offset']).toBe(length);
  }
});

test('bytes after the last element are refused', () => {
  const error = errorOf(() => parseIdx(Uint8Array.of(...bytes, 0), 3, 'images'));
  expect(error.code).toBe('format.bad-value');
  expect(error.details['offset']).toBe(28);
});

test('a size that no memory holds is truncated, not allocated', () => {
  const huge = bytes.slice();
  huge.fill(0xff, 4, 16);
  expect(errorOf(() => parseIdx(huge, 3, 'images')).code).toBe('format.truncated');
});

test('a damaged gzip stream names its file', async () => {
  const path = join(folder, 'cut.gz');
  await writeFile(path, gzipSync(bytes).subarray(0, 20));
  await expect(readIdx(path, 3)).rejects.toMatchObject({ code: 'format.truncated', details: { file: path } });
});

test('a gzip stream is inflated as far as its header says, and not at all when that is too much', async () => {
  const long = join(folder, 'long.gz');
  await writeFile(long, gzipSync(Buffer.concat([bytes, Buffer.alloc(60e6)])));
  const before = process.memoryUsage().arrayBuffers;
  await expect(readIdx(long, 3)).rejects.toMatchObject({ code: 'format.bad-value', details: { file: long } });
  const huge = bytes.slice();
  huge.fill(0x7f, 4, 16);
  const large = join(folder, 'huge.gz');
  await writeFile(large, gzipSync(huge));
  await expect(readIdx(large, 3)).rejects.toThrow(/huge\.gz: it would inflate to/);
  await expect(readIdx(large, 1)).rejects.toMatchObject({ code: 'format.bad-magic' });
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10e6);
});
