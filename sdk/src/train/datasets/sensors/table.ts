import { DataError } from '@adiabit/simulator/errors';

/** What stands at one place of a table. Nothing there is null or undefined. */
export type Cell = string | number | boolean | null | undefined;

/** A file as rows and columns, whatever its format. */
export interface Table {
  readonly file: string;
  readonly names: readonly string[];
  readonly rows: number;
  readonly cell: (row: number, column: number) => Cell;
  /** Says where a row stands, as a person finds it: "line 7". */
  readonly placeOf: (row: number) => string;
  /** Rows that belong together, one group after the other, of an array of three axes. If absent, all rows do. */
  readonly rowsPerSequence?: number;
}

/** How numbers are written. */
export interface NumberStyle {
  readonly decimal?: '.' | ',' | undefined;
  readonly thousands?: string | undefined;
}

/** What people and programs write where there is no value, in lower case. */
const MISSING: ReadonlySet<string> = new Set(['', '?', 'nan', 'na', 'n/a', 'null', 'none']);

export const isMissing = (cell: Cell): boolean =>
  cell === null ||
  cell === undefined ||
  (typeof cell === 'number' ? Number.isNaN(cell) : typeof cell === 'string' && MISSING.has(cell.trim().toLowerCase()));

const PLAIN = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** Reads a number; NaN if the text is none. Groups of three digits must be whole: 1,23 is no number with thousands. */
export function parseNumber(text: string, { decimal = '.', thousands }: NumberStyle = {}): number {
  let plain = text.trim();
  if (thousands !== undefined && plain.includes(thousands)) {
    const [whole, ...rest] = plain.split(decimal);
    const [first, ...groups] = whole.replace(/^[+-]/, '').split(thousands);
    if (!/^\d{1,3}$/.test(first) || !groups.every((group) => /^\d{3}$/.test(group))) return NaN;
    plain = [whole.replaceAll(thousands, ''), ...rest].join(decimal);
  }
  if (decimal === ',') plain = plain.includes('.') ? '' : plain.replace(',', '.');
  return PLAIN.test(plain) ? Number(plain) : NaN;
}

/**
 * Reads the number at a place that is not missing.
 * @throws DataError `data.bad-value` naming file, row and column
 */
export function numberAt(table: Table, row: number, column: number, style?: NumberStyle): number {
  const cell = table.cell(row, column);
  const value = typeof cell === 'number' ? cell : typeof cell === 'string' ? parseNumber(cell, style) : NaN;
  if (Number.isFinite(value)) return value;
  const advice =
    typeof cell === 'string' && cell.includes(',')
      ? `Say what the comma is: "decimal": "," or "thousands": ",".`
      : 'Correct it, or leave the column out of "features".';
  throw new DataError(
    'bad-value',
    `${placeIn(table, row, column)} has ${JSON.stringify(cell)}, which is no number. ${advice}`,
    {
      file: table.file,
      row,
      column: table.names[column],
    },
  );
}

/** Says where a cell is: file, row and column. */
export const placeIn = ({ file, names, placeOf }: Table, row: number, column: number): string =>
  `${file}, ${placeOf(row)}, column ${names[column]}`;

/** Finds a column by name. @throws DataError `data.not-found` naming the columns that there are */
export function columnOf({ file, names }: Table, name: string): number {
  const index = names.indexOf(name);
  if (index >= 0) return index;
  const message = `${file} has no column "${name}". It has ${names.map((one) => `"${one}"`).join(', ')}.`;
  throw new DataError('not-found', message, { file, column: name, columns: names });
}
