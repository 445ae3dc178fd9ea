import { DataError } from '@adiabit/simulator';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dataset, Examples } from '../dataset.js';
import { Random } from '../../random.js';
import { readIdx } from './idx.js';
import { stratifiedSplit } from './split.js';

export interface IdxFolderOptions {
  readonly name: string;
  /** Where the data came from, for reports; the folder when absent. */
  readonly source?: string;
  readonly classes: number;
  /** Training examples that are set aside for validation, stratified by class; one in ten when absent. */
  readonly validationCount?: number;
  /** Seeds the choice of validation examples; 1 when absent. It is apart from the training seed, so that trainings compare. */
  readonly splitSeed?: number;
}

/**
 * Loads `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte` and `t10k-labels-idx1-ubyte`,
 * raw or with the ending `.gz`.
 *
 * @throws DataError `data.not-found` naming a missing file, `data.shape-mismatch` or `data.bad-value` naming the
 * offending example or class; FormatError for a file that is not IDX
 */
export async function loadIdxFolder(folder: string, options: IdxFolderOptions): Promise<Dataset> {
  const { name, source = folder, classes, splitSeed = 1 } = options;
  const all = await loadExamples(folder, 'train', classes);
  const test = await loadExamples(folder, 't10k', classes);
  if (all.shape.join() !== test.shape.join()) {
    const message = `${folder}: training images are ${all.shape.join(' x ')}, test images ${test.shape.join(' x ')}.`;
    throw new DataError('shape-mismatch', message, { expected: all.shape, found: test.shape });
  }
  const validationCount = options.validationCount ?? Math.round(all.count / 10);
  const { kept, taken } = stratifiedSplit(all, validationCount, Random.fromSeed(splitSeed, 'validation split'));
  return { name, source, train: kept, validation: taken, test };
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

async function loadExamples(folder: string, part: 'train' | 't10k', classes: number): Promise<Examples> {
  const images = await readIdx(await findFile(folder, `${part}-images-idx3-ubyte`), 3);
  const labels = await readIdx(await findFile(folder, `${part}-labels-idx1-ubyte`), 1);
  return pairExamples(images, labels.values, classes, `${folder} (${part})`);
}

async function findFile(folder: string, name: string): Promise<string> {
  for (const candidate of [name, `${name}.gz`]) {
    const path = join(folder, candidate);
    const exists = await access(path).then(
      () => true,
      () => false,
    );
    if (exists) return path;
  }
  const message = `${folder} holds neither ${name} nor ${name}.gz. Name the folder with the four IDX files.`;
  throw new DataError('not-found', message, { folder, file: name });
}
