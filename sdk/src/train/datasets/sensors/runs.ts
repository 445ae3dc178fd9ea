import { DataError } from '@adiabit/simulator/errors';
import { basename, dirname, extname } from 'node:path';
import type { SensorSource } from './source.js';
import { columnOf, isMissing, numberAt, placeIn, type NumberStyle, type Table } from './table.js';

/** Samples one after the other, without a gap, of one class and one recording: windows are cut inside it. */
export interface Run {
  /** The name of the recording that it is a part of. */
  readonly recording: string;
  readonly label: string;
  /** The channels of a sample together. */
  readonly values: Float64Array;
}

/** Returns the columns of a table that the network sees. */
export function featuresOf({ names }: Table, { features, label, recording }: SensorSource): readonly string[] {
  if (features !== undefined) return features;
  const others = [label, recording].flatMap((one) => (typeof one === 'object' && 'column' in one ? [one.column] : []));
  return names.filter((name) => !others.includes(name));
}

/**
 * Reads the runs of a table. A run ends where the recording or the class changes, and where a row was dropped.
 * @throws DataError `data.missing-value` and `data.bad-value` naming file, row and column, `data.not-found` for a column
 */
export function runsOf(
  table: Table,
  source: SensorSource,
  features: readonly string[],
  style: NumberStyle,
): readonly Run[] {
  const columns = features.map((name) => columnOf(table, name));
  const labelOf = labelling(table, source);
  const recordingOf = recordings(table, source);
  const { missing = 'error' } = source;
  const isEachRow = isRowAlone(source);
  const runs: Run[] = [];
  let open: { recording: string; label: string; sequence: number; values: number[] } | undefined;
  const close = (): void => {
    if (open !== undefined) runs.push({ ...open, values: Float64Array.from(open.values) });
    open = undefined;
  };
  const { rowsPerSequence = table.rows } = table;
  const last = new Map<string, number[]>();
  for (let row = 0; row < table.rows; row++) {
    const label = labelOf(row);
    const recording = recordingOf(row);
    const sequence = Math.floor(row / rowsPerSequence);
    const isAbsent = columns.map((column) => isMissing(table.cell(row, column)));
    if (label === undefined || (missing === 'drop' && isAbsent.includes(true))) {
      close();
      continue;
    }
    if (open?.recording !== recording || open.label !== label || open.sequence !== sequence) close();
    open ??= { recording, label, sequence, values: [] };
    const before = last.get(isEachRow ? '' : recording);
    const values = columns.map((column, index) => {
      if (!isAbsent[index]) return numberAt(table, row, column, style);
      if (missing === 'previous' && before !== undefined) return before[index];
      throw missingValue(table, row, column, missing);
    });
    if (missing === 'previous') last.set(isEachRow ? '' : recording, values);
    open.values.push(...values);
  }
  close();
  return runs;
}

function missingValue(table: Table, row: number, column: number, missing: string): DataError {
  const what = missing === 'previous' ? 'is missing, and there is none before it' : 'is missing';
  const advice =
    missing === 'previous'
      ? 'Leave rows out with "missing": "drop".'
      : 'Fill it in, or say what to do: "missing": "drop" leaves the row out, "previous" repeats the value before it.';
  return new DataError('missing-value', `${placeIn(table, row, column)} ${what}. ${advice}`, {
    file: table.file,
    row,
    column: table.names[column],
  });
}

/** The ending of a name, and the number that tells recordings of a class apart: `-003.csv`. */
const NUMBERED = /[-_. ]*\d*$/;

/** Returns the class of a row; undefined where it is missing and rows are dropped. */
function labelling(table: Table, { label, missing }: SensorSource): (row: number) => string | undefined {
  const { file } = table;
  if ('column' in label) {
    const column = columnOf(table, label.column);
    return (row) => {
      const cell = table.cell(row, column);
      if (!isMissing(cell)) return String(cell);
      if (missing === 'drop') return undefined;
      throw missingValue(table, row, column, 'error');
    };
  }
  if (label.from === 'folder') {
    const folder = basename(dirname(file));
    return () => folder;
  }
  const stem = basename(file, extname(file));
  const { pattern } = label;
  const found = pattern === undefined ? stem.replace(NUMBERED, '') : expressionOf(pattern).exec(stem)?.at(1);
  if (found !== undefined && found !== '') return () => found;
  const why = pattern === undefined ? 'has no name but a number' : `is not matched by ${pattern} with a group`;
  const message = `${file} ${why}, so its class is unknown. Rename it, or give another "pattern".`;
  throw new DataError('bad-value', message, { file });
}

/** @throws DataError `data.bad-value` for a pattern that is no regular expression */
function expressionOf(pattern: string): RegExp {
  try {
    return new RegExp(pattern, 'u');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DataError('bad-value', `The "pattern" of the labels cannot be read: ${reason}. Correct it.`, {}, error);
  }
}

const isRowAlone = ({ recording, window }: SensorSource): boolean =>
  recording === 'row' || (recording === undefined && window === undefined);

function recordings(table: Table, source: SensorSource): (row: number) => string {
  const { file, rowsPerSequence = 1 } = table;
  const chosen = isRowAlone(source) ? 'row' : (source.recording ?? 'file');
  if (chosen === 'file') return () => file;
  if (chosen === 'row') return (row) => `${file} ${Math.floor(row / rowsPerSequence)}`;
  if ('rows' in chosen) return (row) => `${file} ${Math.floor(row / chosen.rows)}`;
  const column = columnOf(table, chosen.column);
  return (row) => {
    const cell = table.cell(row, column);
    if (isMissing(cell)) throw missingValue(table, row, column, 'error');
    return String(cell);
  };
}
