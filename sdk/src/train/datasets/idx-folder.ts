import { DataError } from '@adiabit/simulator';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeMuLaw } from '../../model/mu-law.js';
import type { Dataset, Examples } from './dataset.js';
import { parseIdx, parseIdxShorts, readMaybeGzip, type IdxArray } from './idx.js';
import { completeSplits, partNames, type Parts, type SplitOptions } from './splits.js';

export interface IdxFolderOptions extends SplitOptions {
  readonly name: string;
  /** Where the data came from, for reports; the folder when absent. */
  readonly source?: string;
  readonly classes: number;
  /** `picture` when absent. */
  readonly kind?: 'picture' | 'sound';
}

/** A file of examples: what its name ends in after the part, and how its bytes are read. */
interface ValuesFile {
  readonly ending: string;
  readonly parse: (bytes: Uint8Array, file: string) => IdxArray;
}

const valuesFiles: Readonly<Record<'picture' | 'sound', readonly ValuesFile[]>> = {
  picture: [
    { ending: 'images-idx3-ubyte', parse: (bytes, file) => parseIdx(bytes, 3, file) },
    { ending: 'images-idx4-ubyte', parse: (bytes, file) => parseIdx(bytes, 4, file) },
  ],
  sound: [
    { ending: 'audio-idx2-ulaw', parse: (bytes, file) => parseIdx(bytes, 2, file) },
    { ending: 'audio-idx2-short', parse: parseSamples },
  ],
};

const labelsEnding = 'labels-idx1-ubyte';

/** Whether a file of that name, its part left out, is of an IDX set. */
export function isIdxName(name: string): boolean {
  const endings = [labelsEnding, ...Object.values(valuesFiles).flatMap((files) => files.map(({ ending }) => ending))];
  return endings.some((ending) => name.endsWith(`-${ending}`) || name.endsWith(`-${ending}.gz`));
}

/**
 * Loads `PART-images-idx3-ubyte` (grey) or `PART-images-idx4-ubyte` (height, width, colours), for sounds
 * `PART-audio-idx2-ulaw` or `PART-audio-idx2-short` (16 bits, made mu-law), each with its `PART-labels-idx1-ubyte`, raw
 * or with the ending `.gz`. The parts are `train`, `validation` or `val`, and `t10k` or `test`; those that are not
 * there are cut out of `train`, stratified by class.
 *
 * @throws DataError `data.not-found` naming a missing file, `data.shape-mismatch` or `data.bad-value` naming the
 * offending example or class; FormatError for a file that is not IDX
 */
export async function loadIdxFolder(folder: string, options: IdxFolderOptions): Promise<Dataset> {
  const { name, source = folder } = options;
  const files = await readdir(folder).catch((error: unknown) => {
    throw new DataError('not-found', `${folder} is no folder that can be read. Check its name.`, { folder }, error);
  });
  const train = await loadPart(folder, files, 'train', options);
  if (train === undefined) {
    const file = `train-${valuesFiles[options.kind ?? 'picture'][0].ending}`;
    const message = `${folder} holds neither ${file} nor ${file}.gz. Name the folder with the IDX files.`;
    throw new DataError('not-found', message, { folder, file });
  }
  const validation = await loadPart(folder, files, 'validation', options);
  const test = await loadPart(folder, files, 'test', options);
  for (const [part, examples] of Object.entries({ validation, test })) {
    if (examples === undefined || examples.shape.join() === train.shape.join()) continue;
    const message = `${folder}: training examples are ${train.shape.join(' x ')}, ${part} examples ${examples.shape.join(' x ')}.`;
    throw new DataError('shape-mismatch', message, { expected: train.shape, found: examples.shape });
  }
  return { name, source, ...completeSplits({ train, validation, test }, options) };
}

/** Pairs images with labels and checks every label. @throws DataError naming the offender */
export function pairExamples(
  images: { readonly shape: readonly number[]; readonly values: Uint8Array },
  labels: Uint8Array,
  classes: number,
  where: string,
): Examples {
  const [count, ...shape] = images.shape;
  if (count !== labels.length) {
    const message = `${where}: ${count} images but ${labels.length} labels.`;
    throw new DataError('shape-mismatch', message, { images: count, labels: labels.length });
  }
  const offender = labels.findIndex((label) => label >= classes);
  if (offender >= 0) {
    const message = `${where}: label ${offender} is ${labels[offender]}, but the classes are 0 to ${classes - 1}.`;
    throw new DataError('bad-value', message, { index: offender, label: labels[offender] });
  }
  return { count, shape, values: images.values, labels, classes };
}

/** Undefined when the folder has neither the values nor the labels of the part. */
async function loadPart(
  folder: string,
  files: readonly string[],
  part: keyof Parts,
  { classes, kind = 'picture' }: IdxFolderOptions,
): Promise<Examples | undefined> {
  const find = (file: string): string | undefined =>
    [file, `${file}.gz`].find((candidate) => files.includes(candidate));
  for (const prefix of partNames[part]) {
    const values = valuesFiles[kind].find(({ ending }) => find(`${prefix}-${ending}`) !== undefined);
    const labelsFile = `${prefix}-${labelsEnding}`;
    const labels = find(labelsFile);
    if (values === undefined && labels === undefined) continue;
    const valuesFile = `${prefix}-${(values ?? valuesFiles[kind][0]).ending}`;
    if (values === undefined || labels === undefined) {
      const file = values === undefined ? valuesFile : labelsFile;
      const message = `${folder} holds neither ${file} nor ${file}.gz. Name the folder with the IDX files.`;
      throw new DataError('not-found', message, { folder, file });
    }
    const path = join(folder, find(valuesFile)!);
    const labelsPath = join(folder, labels);
    const examples = values.parse(await readMaybeGzip(path), path);
    const classOf = parseIdx(await readMaybeGzip(labelsPath), 1, labelsPath);
    return pairExamples(examples, classOf.values, classes, `${folder} (${prefix})`);
  }
  return undefined;
}

function parseSamples(bytes: Uint8Array, file: string): IdxArray {
  const { shape, values } = parseIdxShorts(bytes, 2, file);
  return { shape, values: Uint8Array.from(values, encodeMuLaw) };
}
