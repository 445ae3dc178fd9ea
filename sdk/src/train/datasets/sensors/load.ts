import type { SensorChannel } from '@adiabit/simulator/bitstream';
import { CancelledError, DataError } from '@adiabit/simulator/errors';
import { basename, resolve } from 'node:path';
import { readBytes } from '../../../files.js';
import type { Dataset } from '../dataset.js';
import { datasetOfRuns } from './dataset-of-runs.js';
import { matchingFiles } from './matching-files.js';
import { readCsv } from './read-csv.js';
import { featuresOf, runsOf, type Run } from './runs.js';
import type { SensorSource } from './source.js';
import type { NumberStyle, Table } from './table.js';

export interface SensorLoadOptions {
  /** The folder that names of files start from. */
  readonly baseFolder: string;
  /** Stops between two files. */
  readonly signal?: AbortSignal;
  /** Called after each file. */
  readonly onProgress?: (filesDone: number, files: number) => void;
  /** The channels of a network, whose scales are used instead of new ones. */
  readonly channels?: readonly SensorChannel[] | undefined;
  /** The classes of a network, in its order. */
  readonly classNames?: readonly string[] | undefined;
}

/**
 * Loads sensor values as a source describes them. Windows are cut inside one recording only, and recordings are shared
 * out whole, so that nothing of a test recording was seen in training. What becomes 0 and 255 is learnt from the
 * training part alone.
 * @throws DataError and FormatError naming file, row and column of what is wrong; CancelledError
 */
export async function loadSensorData(source: SensorSource, options: SensorLoadOptions): Promise<Dataset> {
  const { baseFolder, signal, onProgress, channels, classNames } = options;
  const files = await matchingFiles(source.files, baseFolder);
  const runs: Run[] = [];
  let first: { readonly features: readonly string[]; readonly table: Table } | undefined;
  for (const [index, file] of files.entries()) {
    if (signal?.aborted === true) throw new CancelledError(`Cancelled while ${baseFolder} was read.`);
    const table = await tableOf(await readBytes(file), file, source);
    // Files name their columns in any order, but all have those of the first one.
    first ??= { features: channels?.map(({ name }) => name) ?? featuresOf(table, source), table };
    for (const run of runsOf(table, source, first.features, styleOf(source))) runs.push(run);
    onProgress?.(index + 1, files.length);
  }
  const { features, table } = first!;
  const { window = windowOf(table), units, countsPerUnit, scale, split, sampleRateHz } = source;
  const choice = { names: features, units, countsPerUnit, scale };
  return {
    name: source.name ?? basename(resolve(baseFolder)),
    source: baseFolder,
    ...(sampleRateHz === undefined ? {} : { sampleRateHz }),
    ...datasetOfRuns(runs, { ...choice, window, split, channels, classNames }),
  };
}

/** Arrays of three axes come in windows already. */
const windowOf = ({ rowsPerSequence }: Table): { readonly length: number } | undefined =>
  rowsPerSequence === undefined ? undefined : { length: rowsPerSequence };

/** Reads a file as its source says. @throws as `readCsv`, `parseNpyTable` and `parseJsonLines` */
export async function tableOf(bytes: Uint8Array, file: string, source: SensorSource): Promise<Table> {
  switch (source.format) {
    case 'csv':
      return readCsv(bytes, file, source);
    case 'npy':
      return (await import('./npy-table.js')).parseNpyTable(bytes, file, source);
    case 'json-lines':
      return (await import('./json-lines.js')).parseJsonLines(bytes, file);
  }
}

export const styleOf = (source: SensorSource): NumberStyle => (source.format === 'csv' ? source : {});

/** Checks what a user wrote of a source. @throws DataError `data.bad-value` naming the field */
export async function readSensorSource(text: string, file: string): Promise<SensorSource> {
  const { sensorSourceSchema } = await import('./source.js');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DataError('bad-value', `${file} is no JSON: ${reason}. Correct it.`, { file }, error);
  }
  const parsed = sensorSourceSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [{ path, message }] = parsed.error.issues;
  const where = path.length === 0 ? '' : `${path.join('.')}: `;
  throw new DataError('bad-value', `${file}: ${where}${message}. See docs/guides/sensors.md.`, {
    file,
    field: path.join('.'),
  });
}
