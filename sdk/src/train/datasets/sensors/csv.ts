import { parse } from 'csv-parse/sync';
import { FormatError } from '@adiabit/simulator/errors';
import { parseNumber, type NumberStyle, type Table } from './table.js';

export interface CsvStyle extends NumberStyle {
  readonly delimiter?: string | undefined;
  readonly header?: boolean | undefined;
  readonly comment?: string | undefined;
}

/**
 * Reads comma-separated values (RFC 4180) with other delimiters, quotes, comments, a byte order mark, and any line ends.
 * @param file its name, for errors
 * @throws FormatError `format.bad-value` naming the line, `format.truncated` for a file without rows
 */
export function parseCsv(bytes: Uint8Array, file: string, style: CsvStyle = {}): Table {
  const text = new TextDecoder().decode(bytes);
  const { comment = '#', delimiter = delimiterOf(text, comment) } = style;
  const lines: number[] = [];
  let records: string[][];
  try {
    records = parse(text, {
      bom: true,
      delimiter,
      comment,
      comment_no_infix: true,
      skip_empty_lines: true,
      trim: true,
      on_record: (record: string[], { lines: line }) => {
        lines.push(line);
        return record;
      },
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FormatError('bad-value', `${file} is no table of values: ${reason}. Correct it.`, { file }, error);
  }
  const hasHeader = style.header ?? records.at(0)?.some((cell) => Number.isNaN(parseNumber(cell, style))) ?? false;
  const rows = hasHeader ? records.slice(1) : records;
  if (rows.length === 0) {
    const message = `${file} has no rows of values${hasHeader ? ' behind its names of columns' : ''}. Record it again.`;
    throw new FormatError('truncated', message, { file });
  }
  const first = hasHeader ? 1 : 0;
  return {
    file,
    names: hasHeader ? records[0] : rows[0].map((_, index) => String(index)),
    rows: rows.length,
    cell: (row, column) => rows[row][column],
    placeOf: (row) => `line ${lines[row + first]}`,
  };
}

/** Returns the delimiter that the first line has most of; a comma if it has none. */
function delimiterOf(text: string, comment: string): string {
  const line = text
    .split(/\r\n|\n|\r/, 100)
    .map((one) => one.replace(/^\uFEFF/, ''))
    .find((one) => one.trim() !== '' && (comment === '' || !one.startsWith(comment)));
  const countOf = (delimiter: string): number => (line ?? '').replace(/"[^"]*"/g, '').split(delimiter).length;
  return [',', ';', '\t', '|'].reduce((best, one) => (countOf(one) > countOf(best) ? one : best));
}
