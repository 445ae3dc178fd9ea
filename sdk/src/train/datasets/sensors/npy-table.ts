import { unzipSync } from 'fflate';
import { DataError, FormatError } from '@adiabit/simulator/errors';
import { parseNpy, type NpyArray } from './npy.js';
import type { Table } from './table.js';

/** The most bytes of an array that is inflated. */
const MOST_BYTES = 2 ** 30;

/** The array that holds the values where several do. */
const VALUES = 'x';

/**
 * Reads an NPY array, or the arrays of an NPZ, as a table. The array of the values has the axes [rows, columns],
 * [rows], or [sequences, rows, columns]; arrays of one axis beside it are columns with a value a row or a sequence.
 * @param features names of the columns of the values. If absent, they are called 0, 1, ...
 * @param array its name in an NPZ
 * @throws FormatError as `parseNpy`; DataError `data.not-found` for an array that is not there, `data.shape-mismatch`
 * for shapes that do not fit
 */
export function parseNpyTable(
  bytes: Uint8Array,
  file: string,
  { features, array }: { readonly features?: readonly string[] | undefined; readonly array?: string | undefined } = {},
): Table {
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b;
  const arrays = isZip ? arraysOf(bytes, file) : new Map([[VALUES, parseNpy(bytes, file)]]);
  const name = array ?? (arrays.has(VALUES) ? VALUES : onlyTable(arrays, file));
  const values = arrays.get(name);
  if (values === undefined) {
    const message = `${file} has no array "${name}". It has ${[...arrays.keys()].join(', ')}.`;
    throw new DataError('not-found', message, { file, array: name });
  }
  const { shape } = values;
  if (shape.length < 1 || shape.length > 3) {
    const message = `${file}: the array ${name} has the shape [${shape.join(', ')}]; it must have one to three axes.`;
    throw new DataError('shape-mismatch', message, { file, found: shape });
  }
  const columns = shape.length === 1 ? 1 : shape[shape.length - 1];
  const rowsPerSequence = shape.length === 3 ? shape[1] : 1;
  const sequences = shape[0];
  if (features !== undefined && shape.length > 1 && features.length !== columns) {
    const message = `${file}: the array ${name} has ${columns} columns, but "features" names ${features.length}. Name them all, in order.`;
    throw new DataError('shape-mismatch', message, { file, expected: features.length, found: columns });
  }
  const beside = [...arrays].filter(([other]) => other !== name).map(([other, one]) => [other, one] as const);
  const wrong = beside.find(([, one]) => one.shape.length !== 1 || one.shape[0] !== sequences);
  if (wrong !== undefined) {
    const message = `${file}: the array ${wrong[0]} has the shape [${wrong[1].shape.join(', ')}], but there are ${sequences} in ${name}. Leave it out, or give one value for each.`;
    throw new DataError('shape-mismatch', message, { file, array: wrong[0], expected: sequences });
  }
  return {
    file,
    names: [
      ...(features ?? Array.from({ length: columns }, (_, index) => String(index))),
      ...beside.map(([one]) => one),
    ],
    rows: sequences * rowsPerSequence,
    cell: (row, column) =>
      column < columns
        ? values.values[row * columns + column]
        : beside[column - columns][1].values[Math.floor(row / rowsPerSequence)],
    placeOf: (row) => `row ${row}`,
    ...(shape.length === 3 ? { rowsPerSequence } : {}),
  };
}

function arraysOf(bytes: Uint8Array, file: string): ReadonlyMap<string, NpyArray> {
  let files: Readonly<Record<string, Uint8Array>>;
  try {
    files = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        if (originalSize > MOST_BYTES) throw new Error(`${name} would inflate to ${originalSize} bytes`);
        return name.endsWith('.npy');
      },
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FormatError(
      'bad-value',
      `${file} is no NPZ that can be read: ${reason}. Save it again.`,
      { file },
      error,
    );
  }
  return new Map(
    Object.entries(files).map(([name, content]) => [name.replace(/\.npy$/, ''), parseNpy(content, `${file}: ${name}`)]),
  );
}

/** Returns the name of the only array with columns. @throws DataError `data.not-found` if there are none or several */
function onlyTable(arrays: ReadonlyMap<string, NpyArray>, file: string): string {
  const tables = [...arrays].filter(([, { shape }]) => shape.length > 1).map(([name]) => name);
  if (tables.length === 1) return tables[0];
  const found = [...arrays.keys()].join(', ');
  throw new DataError('not-found', `${file} has the arrays ${found}. Name the one with the values: "array".`, { file });
}
