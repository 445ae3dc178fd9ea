/**
 * IDX, the container of MNIST (http://yann.lecun.com/exdb/mnist): bytes 0 and 1 are zero, byte 2 is the element type,
 * byte 3 the number of dimensions D; then D sizes, unsigned 32-bit big-endian; then the elements, last dimension
 * fastest. Only unsigned bytes (type 0x08) are read.
 */
import { FormatError } from '@adiabit/simulator';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

export interface IdxArray {
  readonly shape: readonly number[];
  readonly values: Uint8Array;
}

const unsignedByteType = 0x08;
/** The first two bytes of a gzip member (RFC 1952, section 2.3.1). */
const gzipMagic = [0x1f, 0x8b] as const;

/** Reads a raw or gzip IDX file. @throws FormatError as {@link parseIdx}, or for a gzip stream that cannot be inflated */
export async function readIdx(path: string, dimensions: number): Promise<IdxArray> {
  const stored = await readFile(path);
  const isGzip = stored[0] === gzipMagic[0] && stored[1] === gzipMagic[1];
  return parseIdx(isGzip ? await inflate(stored, path) : stored, dimensions, path);
}

/**
 * @param dimensions how many dimensions the file must have
 * @param file its name, for errors
 * @throws FormatError `format.bad-magic`, `format.truncated` or, for bytes after the last element,
 * `format.bad-value`; `details` has `file` and the `offset` where it shows
 */
export function parseIdx(bytes: Uint8Array, dimensions: number, file: string): IdxArray {
  const headerLength = 4 + 4 * dimensions;
  if (bytes.length < 4) throw truncated(file, bytes.length, headerLength);
  const expectedMagic = [0, 0, unsignedByteType, dimensions];
  const wrongByte = expectedMagic.findIndex((value, offset) => bytes[offset] !== value);
  if (wrongByte >= 0) {
    const found = hexadecimal(bytes.subarray(0, 4));
    const message = `${file}: not an IDX file of unsigned bytes with ${dimensions} dimension(s): it starts with ${found}, not ${hexadecimal(expectedMagic)}.`;
    throw new FormatError('bad-magic', message, { file, offset: wrongByte });
  }
  if (bytes.length < headerLength) throw truncated(file, bytes.length, headerLength);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: dimensions }, (_, axis) => view.getUint32(4 + 4 * axis));
  const expectedLength = headerLength + shape.reduce((product, size) => product * size, 1);
  if (bytes.length < expectedLength) throw truncated(file, bytes.length, expectedLength);
  if (bytes.length > expectedLength) {
    const message = `${file}: ${bytes.length - expectedLength} byte(s) after the last element, which ends at byte ${expectedLength}.`;
    throw new FormatError('bad-value', message, { file, offset: expectedLength });
  }
  return { shape, values: bytes.slice(headerLength) };
}

async function inflate(stored: Uint8Array, file: string): Promise<Uint8Array> {
  try {
    return await promisify(gunzip)(stored);
  } catch (error) {
    const message = `${file}: the gzip stream is cut off or damaged. Get the file again.`;
    throw new FormatError('truncated', message, { file, offset: stored.length }, error);
  }
}

function truncated(file: string, length: number, expectedLength: number): FormatError {
  const message = `${file}: the file ends at byte ${length}; its header asks for ${expectedLength}. Get the file again.`;
  return new FormatError('truncated', message, { file, offset: length, expectedLength });
}

function hexadecimal(bytes: Iterable<number>): string {
  return [...bytes].map((value) => value.toString(16).padStart(2, '0')).join(' ');
}
