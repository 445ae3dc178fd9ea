/**
 * CIFAR-10 (A. Krizhevsky, "Learning multiple layers of features from tiny images", 2009) in its binary version: files
 * of records of 3,073 bytes, a label and three planes (red, green, blue) of 32 x 32 bytes, row by row.
 */
import { DataError, FormatError } from '@adiabit/simulator/errors';
import { join } from 'node:path';
import { exists } from '../../files.js';
import type { Dataset, Examples } from './dataset.js';
import { MOST_INFLATED_BYTES, readMaybeGzip } from './gzip.js';
import { completeSplits, type SplitOptions } from './splits.js';

const SIDE = 32;
const PLANE = SIDE * SIDE;
const CHANNELS = 3;
const RECORD_LENGTH = 1 + CHANNELS * PLANE;
const CLASSES = 10;

export type Cifar10Options = Pick<SplitOptions, 'validationCount' | 'splitSeed'>;

/**
 * Loads `data_batch_1.bin` to `data_batch_5.bin` and `test_batch.bin`, raw or with the ending `.gz`.
 *
 * @throws DataError `data.not-found` naming a missing file; FormatError as {@link parseCifar10}
 */
export async function loadCifar10(folder: string, options: Cifar10Options = {}): Promise<Dataset> {
  const batches = await Promise.all([1, 2, 3, 4, 5].map((number) => loadBatch(folder, `data_batch_${number}.bin`)));
  const test = await loadBatch(folder, 'test_batch.bin');
  return {
    name: 'cifar10',
    kind: 'picture',
    source: folder,
    ...completeSplits({ train: concatenate(batches), test }, options),
  };
}

/**
 * Returns the records of a file as pictures [32, 32, 3].
 *
 * @param file its name, for errors
 * @throws FormatError `format.truncated` for a file that ends within a record, `format.bad-value` for a label above 9
 */
export function parseCifar10(bytes: Uint8Array, file: string): Examples {
  const count = Math.floor(bytes.length / RECORD_LENGTH);
  if (bytes.length === 0 || bytes.length % RECORD_LENGTH !== 0) {
    const message = `${file}: ${bytes.length} bytes are no whole number of CIFAR-10 records of ${RECORD_LENGTH} bytes.`;
    throw new FormatError('truncated', message, { file, offset: bytes.length });
  }
  const labels = Uint8Array.from({ length: count }, (_, record) => bytes[record * RECORD_LENGTH]);
  const wrong = labels.findIndex((label) => label >= CLASSES);
  if (wrong >= 0) {
    const message = `${file}: record ${wrong} has the label ${labels[wrong]}, but the classes are 0 to 9.`;
    throw new FormatError('bad-value', message, { file, offset: wrong * RECORD_LENGTH });
  }
  const values = new Uint8Array(count * CHANNELS * PLANE);
  for (let record = 0; record < count; record++) {
    const from = record * RECORD_LENGTH + 1;
    const to = record * CHANNELS * PLANE;
    for (let channel = 0; channel < CHANNELS; channel++) {
      for (let pixel = 0; pixel < PLANE; pixel++) {
        values[to + pixel * CHANNELS + channel] = bytes[from + channel * PLANE + pixel];
      }
    }
  }
  return { count, shape: [SIDE, SIDE, CHANNELS], values, labels, classes: CLASSES };
}

async function loadBatch(folder: string, name: string): Promise<Examples> {
  for (const path of [join(folder, name), join(folder, `${name}.gz`)]) {
    if (await exists(path)) return parseCifar10(await readMaybeGzip(path, () => MOST_INFLATED_BYTES / 4), path);
  }
  const message = `${folder} holds neither ${name} nor ${name}.gz. Name the folder with the six CIFAR-10 binary files.`;
  throw new DataError('not-found', message, { folder, file: name });
}

function concatenate(parts: readonly Examples[]): Examples {
  const values = new Uint8Array(Buffer.concat(parts.map((part) => part.values)));
  const labels = new Uint8Array(Buffer.concat(parts.map((part) => part.labels)));
  return { ...parts[0], count: labels.length, values, labels };
}
