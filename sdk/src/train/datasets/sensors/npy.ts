/**
 * The NPY format of NumPy (NEP 1 and numpy.lib.format): a magic, a version, the length of a header, and the header, a
 * dictionary in the syntax of Python with the type, the order and the shape; then the elements.
 */
import { FormatError } from '@adiabit/simulator/errors';

/** An array of numbers, its last axis the fastest. */
export interface NpyArray {
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

const MAGIC = [0x93, ...new TextEncoder().encode('NUMPY')];

type Reader = (view: DataView, offset: number, littleEndian: boolean) => number;

/** The types that are read, each with its bytes. All are exact in float64. */
const TYPES: Readonly<Record<string, readonly [bytes: number, read: Reader]>> = {
  u1: [1, (view, offset) => view.getUint8(offset)],
  i1: [1, (view, offset) => view.getInt8(offset)],
  u2: [2, (view, offset, little) => view.getUint16(offset, little)],
  i2: [2, (view, offset, little) => view.getInt16(offset, little)],
  u4: [4, (view, offset, little) => view.getUint32(offset, little)],
  i4: [4, (view, offset, little) => view.getInt32(offset, little)],
  f4: [4, (view, offset, little) => view.getFloat32(offset, little)],
  f8: [8, (view, offset, little) => view.getFloat64(offset, little)],
};

/**
 * Reads an NPY file. Nothing in it is executed: pickled objects are refused.
 * @param file its name, for errors
 * @throws FormatError `format.bad-magic` for another kind of file, `format.unsupported-version`, `format.truncated` for
 * one that ends early, `format.bad-value` for a header or a type that is not read
 */
export function parseNpy(bytes: Uint8Array, file: string): NpyArray {
  if (!MAGIC.every((byte, index) => bytes[index] === byte))
    throw new FormatError('bad-magic', `${file} is no NPY array. Save it with numpy.save.`, { file, offset: 0 });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const major = bytes.at(6) ?? 0;
  if (major < 1 || major > 3) {
    const message = `${file} has version ${major} of NPY; 1 to 3 are read. Save it with numpy.save.`;
    throw new FormatError('unsupported-version', message, { file, version: major });
  }
  const headAt = major === 1 ? 10 : 12;
  const headBytes = bytes.length < headAt ? 0 : major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const dataAt = headAt + headBytes;
  if (headBytes === 0 || dataAt > bytes.length) throw truncated(file, dataAt, bytes.length);
  const { type, isLittle, isFortran, shape } = readHeader(
    new TextDecoder().decode(bytes.subarray(headAt, dataAt)),
    file,
  );
  const [size, read] = type;
  const count = shape.reduce((product, length) => product * length, 1);
  const end = dataAt + count * size;
  if (end > bytes.length) throw truncated(file, end, bytes.length);
  if (end < bytes.length)
    throw new FormatError('bad-value', `${file} goes on behind its last element. Save it again.`, {
      file,
      offset: end,
    });
  const stored = Float64Array.from({ length: count }, (_, index) => read(view, dataAt + index * size, isLittle));
  return { shape, values: isFortran ? lastAxisFastest(stored, shape) : stored };
}

const truncated = (file: string, expectedLength: number, length: number): FormatError =>
  new FormatError('truncated', `${file} is cut off: it has ${length} bytes of ${expectedLength}. Copy it again.`, {
    file,
    offset: length,
    expectedLength,
  });

function readHeader(text: string, file: string) {
  const refuse = (why: string): never => {
    throw new FormatError('bad-value', `${file}: ${why}`, { file });
  };
  const description = /'descr':\s*'([^']*)'/.exec(text)?.[1];
  const order = /'fortran_order':\s*(True|False)/.exec(text)?.[1];
  const shape = /'shape':\s*\(([\d,\s]*)\)/.exec(text)?.[1];
  if (description === undefined && text.includes("'descr'"))
    refuse('its elements have several fields. Save the columns as one array of numbers.');
  if (description === undefined || order === undefined || shape === undefined)
    return refuse('its header says no type, order and shape. Save it with numpy.save.');
  if (description.includes('O'))
    refuse('it holds pickled Python objects, which are never read. Save an array of numbers.');
  const [mark, name] = [description.slice(0, 1), description.slice(1)];
  const type = Object.hasOwn(TYPES, name) && '<>|='.includes(mark) ? TYPES[name] : undefined;
  if (type === undefined) {
    const known = Object.keys(TYPES).join(', ');
    return refuse(`elements of the type ${description} are not read, but ${known} are. Save it with astype('f4').`);
  }
  return {
    type,
    isLittle: mark !== '>',
    isFortran: order === 'True',
    shape: shape.split(',').flatMap((length) => (length.trim() === '' ? [] : [Number(length)])),
  };
}

/** Turns the elements of an array whose first axis is the fastest. */
function lastAxisFastest(stored: Float64Array, shape: readonly number[]): Float64Array {
  const result = new Float64Array(stored.length);
  const index = shape.map(() => 0);
  for (const value of stored) {
    result[shape.reduce((at, length, axis) => at * length + index[axis], 0)] = value;
    for (let axis = 0; axis < shape.length && ++index[axis] === shape[axis]; axis++) index[axis] = 0;
  }
  return result;
}
