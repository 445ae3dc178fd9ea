import { DataError } from '@adiabit/simulator/errors';
import { Random } from '../../random.js';
import type { Examples } from './dataset.js';
import { stratifiedSplit } from './split.js';

export interface SplitOptions {
  /** Training examples set aside for validation when the data have no such part. If absent, one in ten. */
  readonly validationCount?: number;
  /** Training examples set aside for the test, before that, when the data have no such part. If absent, one in five. */
  readonly testCount?: number;
  /** Seeds the choice of both. If absent, 1. It is apart from the training seed, so that trainings compare. */
  readonly splitSeed?: number;
  /** Names of the classes, for errors. If absent, the numbers of the classes. */
  readonly classNames?: readonly string[];
}

/** The parts that data came with. */
export interface Parts {
  readonly train: Examples;
  readonly validation?: Examples | undefined;
  readonly test?: Examples | undefined;
}

/**
 * Cuts the missing parts out of the training examples, each class in proportion.
 * @throws DataError `data.bad-value` for a class without examples, or too few examples to set some aside; as {@link
 * stratifiedSplit}
 */
export function completeSplits(parts: Parts, options: SplitOptions = {}): Readonly<Record<keyof Parts, Examples>> {
  const { splitSeed = 1 } = options;
  let { train, validation, test } = parts;
  if (test === undefined || validation === undefined)
    checkClasses(train, 'Put some there, or remove the class.', options);
  const setAside = (part: 'test' | 'validation', wanted: number | undefined, oneIn: number): Examples => {
    const count = wanted ?? Math.round(train.count / oneIn);
    const advice = `Add examples, ten of each class or more, or give a ${part} part.`;
    if (count === 0 && wanted === undefined) {
      const message = `There are ${train.count} training examples, too few to set one in ${oneIn} aside for ${part}. ${advice}`;
      throw new DataError('bad-value', message, { part, count: train.count });
    }
    const { kept, taken } = stratifiedSplit(train, count, Random.fromSeed(splitSeed, `${part} split`));
    checkClasses(kept, `All were set aside for ${part}. ${advice}`, options);
    train = kept;
    return taken;
  };
  test ??= setAside('test', options.testCount, 5);
  validation ??= setAside('validation', options.validationCount, 10);
  return { train, validation, test };
}

/** Checks that every class has examples. @throws DataError naming a class without examples */
function checkClasses({ labels, classes }: Examples, advice: string, { classNames }: SplitOptions): void {
  const counts = new Uint32Array(classes);
  for (const label of labels) counts[label]++;
  const empty = counts.indexOf(0);
  if (empty < 0) return;
  const name = classNames?.[empty] ?? String(empty);
  const message = `The class ${name} has no training examples, so nothing can learn it. ${advice}`;
  throw new DataError('bad-value', message, { class: name });
}

/** What the parts are called in names of files and folders. */
export const partNames: Readonly<Record<keyof Parts, readonly string[]>> = {
  train: ['train', 'training'],
  validation: ['validation', 'val'],
  test: ['test', 't10k', 'testing'],
};
