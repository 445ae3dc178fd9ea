import { Random } from '../../random.js';
import type { Examples } from './dataset.js';
import { stratifiedSplit } from './split.js';

export interface SplitOptions {
  /** Training examples set aside for validation when the data have no such part; one in ten when absent. */
  readonly validationCount?: number;
  /** Training examples set aside for the test, before that, when the data have no such part; one in five when absent. */
  readonly testCount?: number;
  /** Seeds the choice of both; 1 when absent. It is apart from the training seed, so that trainings compare. */
  readonly splitSeed?: number;
}

/** The parts that data came with. */
export interface Parts {
  readonly train: Examples;
  readonly validation?: Examples | undefined;
  readonly test?: Examples | undefined;
}

/** Cuts the missing parts out of the training examples, each class in proportion. @throws DataError as {@link stratifiedSplit} */
export function completeSplits(parts: Parts, options: SplitOptions = {}): Readonly<Record<keyof Parts, Examples>> {
  const { splitSeed = 1 } = options;
  let { train, validation, test } = parts;
  if (test === undefined) {
    const count = options.testCount ?? Math.round(train.count / 5);
    ({ kept: train, taken: test } = stratifiedSplit(train, count, Random.fromSeed(splitSeed, 'test split')));
  }
  if (validation === undefined) {
    const count = options.validationCount ?? Math.round(train.count / 10);
    const random = Random.fromSeed(splitSeed, 'validation split');
    ({ kept: train, taken: validation } = stratifiedSplit(train, count, random));
  }
  return { train, validation, test };
}

/** What the parts are called in names of files and folders. */
export const partNames: Readonly<Record<keyof Parts, readonly string[]>> = {
  train: ['train', 'training'],
  validation: ['validation', 'val'],
  test: ['test', 't10k', 'testing'],
};
