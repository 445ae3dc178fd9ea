/**
 * IDX, the container of MNIST (http://yann.lecun.com/exdb/mnist): bytes 0 and 1 are zero, byte 2 is the element type,
 * byte 3 the number of dimensions D; then D sizes, unsigned 32-bit big-endian; then the elements, last dimension
 * fastest. Unsigned bytes (type 0x08) and signed
 * 16-bit big-endian integers (type 0x0B) are read.
 */
import { FormatError } from '@adiabit/simulator/errors';
import { readMaybeGzip } from './gzip.js';

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
  /** The size of an element in bytes. */
  readonly size: number;
  readonly name: string;
}

const unsignedByte: ElementType = { type: 0x08, size: 1, name: 'unsigned bytes' };
const signedShort: ElementType = { type: 0x0b, size: 2, name: 'signed 16-bit integers' };

/** Reads a raw or gzip IDX file of bytes. @throws as {@link parseIdx} and `readMaybeGzip` do */
export async function readIdx(path: string, dimensions: number): Promise<IdxArray> {
  return parseIdx(await readElements(path, dimensions, unsignedByte), dimensions, path);
}

/** Reads the same for signed 16-bit elements. */
export async function readIdxShorts(path: string, dimensions: number): Promise<IdxShorts> {
  return parseIdxShorts(await readElements(path, dimensions, signedShort), dimensions, path);
}

const readElements = (path: string, dimensions: number, element: ElementType): Promise<Uint8Array> =>
  readMaybeGzip(path, (head) => parseHeader(head, dimensions, path, element).length);

/**
 * Reads an IDX file of bytes.
 * @param dimensions how many dimensions the file must have
 * @param file its name, for errors
 * @throws FormatError `format.bad-magic`, `format.truncated` or, for bytes after the last element,
 * `format.bad-value`; `details` has `file` and the `offset` where it shows
 * @returns a view of the bytes
 */
export function parseIdx(bytes: Uint8Array, dimensions: number, file: string): IdxArray {
  const { shape, elements } = parseElements(bytes, dimensions, file, unsignedByte);
  return { shape, values: elements };
}

/** Returns the same for signed 16-bit elements, for example samples of sound. */
export function parseIdxShorts(bytes: Uint8Array, dimensions: number, file: string): IdxShorts {
  const { shape, elements } = parseElements(bytes, dimensions, file, signedShort);
  const view = new DataView(elements.buffer, elements.byteOffset, elements.byteLength);
  return { shape, values: Int16Array.from({ length: elements.length / 2 }, (_, index) => view.getInt16(2 * index)) };
}

function parseElements(
  bytes: Uint8Array,
  dimensions: number,
  file: string,
  element: ElementType,
): { readonly shape: readonly number[]; readonly elements: Uint8Array } {
  const { shape, length } = parseHeader(bytes, dimensions, file, element);
  if (bytes.length < length) throw truncated(file, bytes.length, length);
  if (bytes.length > length) {
    const message = `${file}: ${bytes.length - length} byte(s) after the last element, which ends at byte ${length}.`;
    throw new FormatError('bad-value', message, { file, offset: length });
  }
  const start = headerLength(dimensions);
  return { shape, elements: new Uint8Array(bytes.buffer, bytes.byteOffset + start, length - start) };
}

const headerLength = (dimensions: number): number => 4 + 4 * dimensions;

/** Returns the sizes, and how long the file is by them. */
function parseHeader(
  bytes: Uint8Array,
  dimensions: number,
  file: string,
  { type, size, name }: ElementType,
): { readonly shape: readonly number[]; readonly length: number } {
  const start = headerLength(dimensions);
  if (bytes.length < 4) throw truncated(file, bytes.length, start);
  const expectedMagic = [0, 0, type, dimensions];
  const wrongByte = expectedMagic.findIndex((value, offset) => bytes[offset] !== value);
  if (wrongByte >= 0) {
    const found = hexadecimal(bytes.subarray(0, 4));
    const message = `${file}: not an IDX file of ${name} with ${dimensions} dimension(s): it starts with ${found}, not ${hexadecimal(expectedMagic)}.`;
    throw new FormatError('bad-magic', message, { file, offset: wrongByte });
  }
  if (bytes.length < start) throw truncated(file, bytes.length, start);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: dimensions }, (_, axis) => view.getUint32(4 + 4 * axis));
  return { shape, length: start + shape.reduce((product, length) => product * length, size) };
}

function truncated(file: string, length: number, expectedLength: number): FormatError {
  const message = `${file}: the file ends at byte ${length}; its header asks for ${expectedLength}. Get the file again.`;
  return new FormatError('truncated', message, { file, offset: length, expectedLength });
}

function hexadecimal(bytes: Iterable<number>): string {
  return [...bytes].map((value) => value.toString(16).padStart(2, '0')).join(' ');
}
