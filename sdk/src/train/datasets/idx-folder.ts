import { DataError } from '@adiabit/simulator/errors';
import { join } from 'node:path';
import { encodeMuLaw } from '../../model/mu-law.js';
import { listFolder } from './data-files.js';
import type { Dataset, Examples } from './dataset.js';
import { readIdx, readIdxShorts, type IdxArray } from './idx.js';
import { completeSplits, partNames, type Parts, type SplitOptions } from './splits.js';

export interface IdxFolderOptions extends SplitOptions {
  readonly name: string;
  /** The origin of the data, for reports. If absent, the folder. */
  readonly source?: string;
  /** If absent, those that the training labels have. */
  readonly classes?: number;
  /** What the classes are called, if there are as many as names. */
  readonly classNames?: readonly string[];
  /** If absent, `picture`. */
  readonly kind?: 'picture' | 'sound';
}

/** A file of examples: what its name ends in after the part, and how it is read. */
interface ValuesFile {
  readonly ending: string;
  readonly read: (path: string) => Promise<IdxArray>;
}

const valuesFiles: Readonly<Record<'picture' | 'sound', readonly ValuesFile[]>> = {
  picture: [
    { ending: 'images-idx3-ubyte', read: (path) => readIdx(path, 3) },
    { ending: 'images-idx4-ubyte', read: (path) => readIdx(path, 4) },
  ],
  sound: [
    { ending: 'audio-idx2-ulaw', read: (path) => readIdx(path, 2) },
    { ending: 'audio-idx2-short', read: readSamples },
  ],
};

const LABELS_ENDING = 'labels-idx1-ubyte';

/**
 * Loads `PART-images-idx3-ubyte` (grey) or `PART-images-idx4-ubyte` (height, width, colours), for sounds
 * `PART-audio-idx2-ulaw` or `PART-audio-idx2-short` (16 bits, made mu-law), each with its `PART-labels-idx1-ubyte`, raw
 * or with the ending `.gz`; the hyphen before `idx` may be a dot. The parts are `train`, `validation` or `val`, and
 * `t10k` or `test`; those that are not there are cut out of `train`, stratified by class. The classes are those of the
 * training labels, in numeric order.
 *
 * @throws DataError `data.not-found` naming a missing file, `data.shape-mismatch` or `data.bad-value` naming the
 * offending example or class; FormatError for a file that is not IDX
 */
export async function loadIdxFolder(folder: string, options: IdxFolderOptions): Promise<Dataset> {
  const { name, source = folder, kind = 'picture' } = options;
  const { files } = await listFolder(folder);
  const train = await loadPart(folder, files, 'train', kind);
  if (train === undefined) {
    const file = `train-${valuesFiles[kind][0].ending}`;
    const message = `${folder} holds neither ${file} nor ${file}.gz. Name the folder with the IDX files.`;
    throw new DataError('not-found', message, { folder, file });
  }
  const validation = await loadPart(folder, files, 'validation', kind);
  const test = await loadPart(folder, files, 'test', kind);
  for (const [part, loaded] of Object.entries({ validation, test })) {
    if (loaded === undefined || loaded.shape.join() === train.shape.join()) continue;
    const message = `${folder}: training examples are ${train.shape.join(' x ')}, ${part} examples ${loaded.shape.join(' x ')}.`;
    throw new DataError('shape-mismatch', message, { expected: train.shape, found: loaded.shape });
  }
  const known =
    options.classes === undefined ? labelsOf(train) : Array.from({ length: options.classes }, (_, at) => at);
  const isCounted = known.every((label, at) => label === at);
  const classNames =
    isCounted && options.classNames?.length === known.length ? options.classNames : known.map((label) => String(label));
  const parts = {
    train: classified(train, known),
    validation: validation && classified(validation, known),
    test: test && classified(test, known),
  };
  return { name, kind, source, classNames, ...completeSplits(parts, { ...options, classNames }) };
}

/** A part as its files say. */
interface LoadedPart {
  /** The path, for errors. */
  readonly where: string;
  /** The shape of an example. */
  readonly shape: readonly number[];
  readonly values: Uint8Array;
  readonly labels: Uint8Array;
}

/** Returns the labels that occur, in order. @throws DataError `data.not-found` when there are fewer than two */
function labelsOf({ labels, where }: LoadedPart): readonly number[] {
  const known = [...new Set(labels)].sort((left, right) => left - right);
  if (known.length >= 2) return known;
  const message = `${where}: all labels are the same, so there is nothing to learn. Label examples of two or more classes.`;
  throw new DataError('bad-value', message, { labels: known });
}

/**
 * Returns the examples with their labels as places among the known ones.
 * @throws DataError naming a label that is none of them
 */
function classified({ where, shape, values, labels }: LoadedPart, known: readonly number[]): Examples {
  const offender = labels.findIndex((label) => !known.includes(label));
  if (offender >= 0) {
    const isRange = known.every((label, at) => label === at);
    const classes = isRange ? `0 to ${known.length - 1}` : known.join(', ');
    const message = `${where}: label ${offender} is ${labels[offender]}, but the classes are ${classes}.`;
    throw new DataError('bad-value', message, { index: offender, label: labels[offender] });
  }
  const placeOf = new Map(known.map((label, place) => [label, place]));
  const places = labels.map((label) => placeOf.get(label) ?? 0);
  return { count: labels.length, shape, values, labels: places, classes: known.length };
}

/** Returns undefined when the folder has neither the values nor the labels of the part. */
async function loadPart(
  folder: string,
  files: readonly string[],
  part: keyof Parts,
  kind: 'picture' | 'sound',
): Promise<LoadedPart | undefined> {
  const find = (file: string): string | undefined =>
    [file, file.replace('-idx', '.idx')]
      .flatMap((name) => [name, `${name}.gz`])
      .find((candidate) => files.includes(candidate));
  for (const prefix of partNames[part]) {
    const found = valuesFiles[kind].find(({ ending }) => find(`${prefix}-${ending}`) !== undefined);
    const valuesFile = `${prefix}-${(found ?? valuesFiles[kind][0]).ending}`;
    const labelsFile = `${prefix}-${LABELS_ENDING}`;
    const [values, labels] = [find(valuesFile), find(labelsFile)];
    if (values === undefined && labels === undefined) continue;
    if (found === undefined || values === undefined || labels === undefined) {
      const file = values === undefined ? valuesFile : labelsFile;
      const message = `${folder} holds neither ${file} nor ${file}.gz. Name the folder with the IDX files.`;
      throw new DataError('not-found', message, { folder, file });
    }
    const examples = await found.read(join(folder, values));
    const classOf = await readIdx(join(folder, labels), 1);
    return paired(examples, classOf.values, `${folder} (${prefix})`);
  }
  return undefined;
}

/** Puts examples and labels together. @throws DataError when there are not as many labels as examples */
function paired(examples: IdxArray, labels: Uint8Array, where: string): LoadedPart {
  const [count, ...shape] = examples.shape;
  if (count === labels.length) return { where, shape, values: examples.values, labels };
  const message = `${where}: ${count} images but ${labels.length} labels.`;
  throw new DataError('shape-mismatch', message, { images: count, labels: labels.length });
}

async function readSamples(path: string): Promise<IdxArray> {
  const { shape, values } = await readIdxShorts(path, 2);
  return { shape, values: Uint8Array.from(values, encodeMuLaw) };
}
