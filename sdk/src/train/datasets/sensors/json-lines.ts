import { FormatError } from '@adiabit/simulator/errors';
import type { Cell, Table } from './table.js';

/**
 * Reads JSON lines: an object of columns on every line, or an array of values.
 * @param file its name, for errors
 * @throws FormatError `format.bad-value` naming the line, `format.truncated` for a file without lines
 */
export function parseJsonLines(bytes: Uint8Array, file: string): Table {
  const lines: number[] = [];
  const rows = new TextDecoder()
    .decode(bytes)
    .split(/\r\n|\n|\r/)
    .flatMap((text, index): readonly object[] => {
      if (text.trim() === '') return [];
      lines.push(index + 1);
      return [rowOf(text, file, index + 1)];
    });
  if (rows.length === 0) throw new FormatError('truncated', `${file} has no lines. Record it again.`, { file });
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return {
    file,
    names,
    rows: rows.length,
    cell: (row, column) => (rows[row] as Readonly<Record<string, Cell>>)[names[column]],
    placeOf: (row) => `line ${lines[row]}`,
  };
}

function rowOf(text: string, file: string, line: number): object {
  let row: unknown;
  try {
    row = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FormatError(
      'bad-value',
      `${file}, line ${line} is no JSON: ${reason}. Correct it.`,
      { file, line },
      error,
    );
  }
  if (typeof row === 'object' && row !== null) return row;
  const message = `${file}, line ${line} is neither an object of columns nor an array of values. Correct it.`;
  throw new FormatError('bad-value', message, { file, line });
}
