import type { SensorChannel } from '@adiabit/simulator/bitstream';
import { DataError } from '@adiabit/simulator/errors';
import { isInt32, scaledBytes } from '@adiabit/simulator/network';
import { extname } from 'node:path';
import { parseJsonLines } from './json-lines.js';
import { parseNpyTable } from './npy-table.js';
import { readCsv } from './read-csv.js';
import { columnOf, numberAt, placeIn, type Table } from './table.js';

/** What an example of a network is: so many rows of its channels. */
export interface RawShape {
  readonly shape: readonly number[];
  readonly channels: readonly SensorChannel[];
}

/**
 * Makes examples of a file of raw counts, as the device counts them: the rows in windows one after the other, scaled as
 * the network was trained. Rows behind the last whole window are left out.
 * @param file its name, whose ending says its format: `.csv`, `.tsv`, `.txt`, `.npy`, `.npz`, `.jsonl`, `.ndjson`
 * @throws DataError `data.bad-value` naming file, row and column of what is no count, or a file of another kind;
 * `data.not-found` for a channel that is not there; `data.shape-mismatch` for fewer rows than a window; FormatError
 */
export async function rawExamples(
  bytes: Uint8Array,
  file: string,
  { shape, channels }: RawShape,
): Promise<readonly Uint8Array[]> {
  const table = await tableOf(bytes, file, channels);
  const columns = channels.map(({ name }) => columnOf(table, name));
  const length = shape.length === 1 ? 1 : shape[0];
  if (table.rows < length) {
    const message = `${file} has ${table.rows} rows, but an example takes ${length}. Record longer.`;
    throw new DataError('shape-mismatch', message, { file, expected: length, found: table.rows });
  }
  const scales = channels.map(({ scale }) => scale);
  return Array.from({ length: Math.floor(table.rows / length) }, (_, example) => {
    const rows = Array.from({ length }, (_, row) => example * length + row);
    return scaledBytes(
      scales,
      rows.flatMap((row) => columns.map((column) => countAt(table, row, column))),
    );
  });
}

async function tableOf(bytes: Uint8Array, file: string, channels: readonly SensorChannel[]): Promise<Table> {
  switch (extname(file).toLowerCase()) {
    case '.csv':
    case '.tsv':
    case '.txt':
      return readCsv(bytes, file);
    case '.npy':
    case '.npz':
      return parseNpyTable(bytes, file, { features: channels.map(({ name }) => name) });
    case '.jsonl':
    case '.ndjson':
      return parseJsonLines(bytes, file);
    default:
      throw new DataError(
        'bad-value',
        `${file} is neither CSV, NPY, NPZ nor JSON lines by its name. Rename or convert it.`,
        {
          file,
        },
      );
  }
}

function countAt(table: Table, row: number, column: number): number {
  const value = numberAt(table, row, column);
  if (isInt32(value)) return value;
  const message = `${placeIn(table, row, column)} is ${value}, which is no raw count: a whole number of 32 bits. Multiply units by the counts per unit.`;
  throw new DataError('bad-value', message, { file: table.file, row, column: table.names[column] });
}
