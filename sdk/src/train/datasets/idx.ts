/**
 * IDX, the container of MNIST (http://yann.lecun.com/exdb/mnist): bytes 0 and 1 are zero, byte 2 is the element type,
 * byte 3 the number of dimensions D; then D sizes, unsigned 32-bit big-endian; then the elements, last dimension
 * fastest. Unsigned bytes (type 0x08) and signed
 * 16-bit big-endian integers (type 0x0B) are read.
 */
import { FormatError } from '@adiabit/simulator';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

export interface IdxArray {
  readonly shape: readonly number[];
  readonly values: Uint8Array;
}

export interface IdxShorts {
  readonly shape: readonly number[];
  readonly values: Int16Array;
}

interface ElementType {
  readonly type: number;
  /** In bytes. */
  readonly size: number;
  readonly name: string;
}

const unsignedByte: ElementType = { type: 0x08, size: 1, name: 'unsigned bytes' };
const signedShort: ElementType = { type: 0x0b, size: 2, name: 'signed 16-bit integers' };

/** The first two bytes of a gzip member (RFC 1952, section 2.3.1). */
const gzipMagic = [0x1f, 0x8b] as const;

/** Reads a raw or gzip IDX file. @throws FormatError as {@link parseIdx}, or for a gzip stream that cannot be inflated */
export async function readIdx(path: string, dimensions: number): Promise<IdxArray> {
  return parseIdx(await readMaybeGzip(path), dimensions, path);
}

/** The bytes of a file, inflated when they are gzip. @throws FormatError for a stream that cannot be inflated */
export async function readMaybeGzip(path: string): Promise<Uint8Array> {
  const stored = await readFile(path);
  const isGzip = stored[0] === gzipMagic[0] && stored[1] === gzipMagic[1];
  return isGzip ? inflate(stored, path) : stored;
}

/**
 * @param dimensions how many dimensions the file must have
 * @param file its name, for errors
 * @throws FormatError `format.bad-magic`, `format.truncated` or, for bytes after the last element,
 * `format.bad-value`; `details` has `file` and the `offset` where it shows
 */
export function parseIdx(bytes: Uint8Array, dimensions: number, file: string): IdxArray {
  const { shape, elements } = parseElements(bytes, dimensions, file, unsignedByte);
  return { shape, values: elements.slice() };
}

/** The same for signed 16-bit elements, for example samples of sound. */
export function parseIdxShorts(bytes: Uint8Array, dimensions: number, file: string): IdxShorts {
  const { shape, elements } = parseElements(bytes, dimensions, file, signedShort);
  const view = new DataView(elements.buffer, elements.byteOffset, elements.byteLength);
  return { shape, values: Int16Array.from({ length: elements.length / 2 }, (_, index) => view.getInt16(2 * index)) };
}

function parseElements(
  bytes: Uint8Array,
  dimensions: number,
  file: string,
  { type, size, name }: ElementType,
): { readonly shape: readonly number[]; readonly elements: Uint8Array } {
  const headerLength = 4 + 4 * dimensions;
  if (bytes.length < 4) throw truncated(file, bytes.length, headerLength);
  const expectedMagic = [0, 0, type, dimensions];
  const wrongByte = expectedMagic.findIndex((value, offset) => bytes[offset] !== value);
  if (wrongByte >= 0) {
    const found = hexadecimal(bytes.subarray(0, 4));
    const message = `${file}: not an IDX file of ${name} with ${dimensions} dimension(s): it starts with ${found}, not ${hexadecimal(expectedMagic)}.`;
    throw new FormatError('bad-magic', message, { file, offset: wrongByte });
  }
  if (bytes.length < headerLength) throw truncated(file, bytes.length, headerLength);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: dimensions }, (_, axis) => view.getUint32(4 + 4 * axis));
  const expectedLength = headerLength + shape.reduce((product, length) => product * length, size);
  if (bytes.length < expectedLength) throw truncated(file, bytes.length, expectedLength);
  if (bytes.length > expectedLength) {
    const message = `${file}: ${bytes.length - expectedLength} byte(s) after the last element, which ends at byte ${expectedLength}.`;
    throw new FormatError('bad-value', message, { file, offset: expectedLength });
  }
  return { shape, elements: bytes.subarray(headerLength) };
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
