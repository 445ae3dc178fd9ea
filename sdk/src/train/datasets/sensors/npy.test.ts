import fc from 'fast-check';
import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { parseNpyTable } from './npy-table.js';
import { parseNpy } from './npy.js';
import { writeNpy } from './testing/write-npy.js';

const integers = (bits: number, isSigned: boolean) =>
  isSigned
    ? fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 })
    : fc.integer({ min: 0, max: 2 ** bits - 1 });
const elements: Readonly<Record<string, fc.Arbitrary<number>>> = {
  u1: integers(8, false),
  i1: integers(8, true),
  u2: integers(16, false),
  i2: integers(16, true),
  u4: integers(32, false),
  i4: integers(32, true),
  f4: fc.float(),
  f8: fc.double(),
};

test.each(Object.keys(elements))('arrays of %s are read as they were written, in every order', (type) => {
  const array = fc
    .tuple(
      fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 3 }),
      fc.constantFrom('<', '>'),
      fc.boolean(),
    )
    .chain(([shape, order, isFortran]) => {
      const count = shape.reduce((product, length) => product * length, 1);
      return fc
        .array(elements[type], { minLength: count, maxLength: count })
        .map((values) => ({ shape, values, isFortran, type: `${order}${type}` }));
    });
  fc.assert(
    fc.property(array, (written) => {
      const read = parseNpy(writeNpy(written), 'a.npy');
      expect(read.shape).toEqual(written.shape);
      expect([...read.values]).toEqual(written.values);
    }),
  );
});

const good = writeNpy({ type: '<i2', isFortran: false, shape: [2, 2], values: [1, 2, 3, 4] });
const withHeader = (from: string, to: string): Uint8Array =>
  Uint8Array.from(Buffer.from(Buffer.from(good).toString('latin1').replace(from, to), 'latin1'));

test.each<[string, Uint8Array, string, RegExp]>([
  ['another file', new TextEncoder().encode('1,2,3'), 'format.bad-magic', /no NPY array/],
  ['a newer version', good.with(6, 9), 'format.unsupported-version', /version 9/],
  ['pickled objects', withHeader("'<i2'", "'|O' "), 'format.bad-value', /pickled Python objects, which are never read/],
  ['another type', withHeader("'<i2'", "'<i8'"), 'format.bad-value', /type <i8 are not read/],
  ['records', withHeader("'<i2'", "[('')"), 'format.bad-value', /several fields/],
  ['no header', withHeader("'descr'", "'other'"), 'format.bad-value', /says no type/],
  ['a cut', good.subarray(0, -1), 'format.truncated', /cut off/],
  ['only a head', good.subarray(0, 8), 'format.truncated', /cut off/],
  ['more bytes', Uint8Array.from([...good, 0]), 'format.bad-value', /goes on behind/],
])('an NPY file with %s is refused', (_, bytes, code, message) => {
  expect(() => parseNpy(bytes, 'a.npy')).toThrow(
    expect.objectContaining({ code, message: expect.stringMatching(message) as string }),
  );
});

test('bytes at random are refused, or are an array', () => {
  fc.assert(
    fc.property(fc.integer({ min: 6, max: good.length - 1 }), fc.integer({ min: 0, max: 255 }), (at, byte) => {
      try {
        expect(parseNpy(good.with(at, byte), 'a.npy').values).toBeInstanceOf(Float64Array);
      } catch (error) {
        expect(error).toMatchObject({ code: expect.stringMatching(/^format\./) as string });
      }
    }),
  );
});

const one = (shape: readonly number[], values: readonly number[]): Uint8Array =>
  writeNpy({ type: '<f4', isFortran: false, shape, values });

test('the arrays of an NPZ are columns: values, and one value a row or a sequence beside them', () => {
  const windows = zipSync({
    'x.npy': one([2, 2, 1], [1, 2, 3, 4]),
    'y.npy': one([2], [7, 8]),
    'readme.txt': new Uint8Array(3),
  });
  const table = parseNpyTable(windows, 'a.npz', { features: ['current'] });
  expect(table.names).toEqual(['current', 'y']);
  const rows = Array.from({ length: table.rows }, (_, row) => [table.cell(row, 0), table.cell(row, 1)]);
  expect(rows).toEqual([
    [1, 7],
    [2, 7],
    [3, 8],
    [4, 8],
  ]);
  expect(table.rowsPerSequence).toBe(2);
});

test.each<[string, Record<string, Uint8Array>, RegExp]>([
  ['no table', { 'y.npy': one([2], [1, 2]) }, /Name the one with the values/],
  ['several', { 'a.npy': one([1, 1], [1]), 'b.npy': one([1, 1], [1]) }, /Name the one/],
  ['labels that are too few', { 'x.npy': one([2, 1], [1, 2]), 'y.npy': one([1], [1]) }, /but there are 2 in x/],
  ['other columns', { 'x.npy': one([1, 2], [1, 2]) }, /has 2 columns, but "features" names 1/],
  ['too many axes', { 'x.npy': one([1, 1, 1, 1], [1]) }, /one to three axes/],
])('an NPZ with %s is refused', (_, files, message) => {
  expect(() => parseNpyTable(zipSync(files), 'a.npz', { features: ['a'] })).toThrow(message);
});

test('a damaged NPZ is refused', () => {
  const bytes = zipSync({ 'x.npy': one([1], [1]) }).slice(0, 40);
  expect(() => parseNpyTable(bytes, 'a.npz')).toThrow('no NPZ that can be read');
});
