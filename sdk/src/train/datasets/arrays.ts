import { DataError } from '@adiabit/simulator/errors';
import { isPositiveInteger, product } from '../network/layers.js';
import type { Dataset, Examples } from './dataset.js';
import { completeSplits, type SplitOptions } from './splits.js';

/** Any array of numbers: `number[]`, `Uint8Array`, `Float32Array`, ... */
type Numbers = ArrayLike<number>;

/** Labelled examples as one has them. */
export interface ArrayExamples {
  /** All values in one array, one example after the other; or one array an example. Whole numbers, 0 to 255. */
  readonly values: Numbers | readonly Numbers[];
  /** One class an example: whole numbers from 0. */
  readonly labels: Numbers;
}

export interface ArrayDataset extends SplitOptions {
  readonly name: string;
  /** The shape of one example, such as [28, 28], [32, 32, 3] or [16]. */
  readonly shape: readonly number[];
  /** How many there are, or their names. */
  readonly classes: number | readonly string[];
  readonly train: ArrayExamples;
  /** If absent, cut out of `train`, stratified by class; the same for `test`. */
  readonly validation?: ArrayExamples;
  readonly test?: ArrayExamples;
}

/**
 * Makes a data set out of a program's own arrays, which are copied.
 *
 * @throws DataError `data.shape-mismatch` for counts that do not fit, `data.bad-value` for a value or label out of
 * range, each naming the first offender
 */
export function datasetFromArrays(options: ArrayDataset): Dataset {
  const { name, shape } = options;
  const classes = typeof options.classes === 'number' ? options.classes : options.classes.length;
  if (shape.length === 0 || !shape.every(isPositiveInteger)) {
    throw new DataError('bad-value', `A shape is a list of positive whole numbers, not [${shape.join(', ')}].`, {
      shape,
    });
  }
  if (!isPositiveInteger(classes) || classes > 256) {
    throw new DataError('bad-value', `There can be 1 to 256 classes, not ${classes}.`, { classes });
  }
  const read = (part: 'train' | 'validation' | 'test'): Examples | undefined =>
    options[part] && examplesFrom(options[part], shape, classes, part);
  const train = read('train')!;
  const names = typeof options.classes === 'number' ? {} : { classNames: options.classes };
  return {
    name,
    source: 'arrays of the program',
    ...names,
    ...completeSplits({ train, validation: read('validation'), test: read('test') }, { ...options, ...names }),
  };
}

function examplesFrom(given: ArrayExamples, shape: readonly number[], classes: number, part: string): Examples {
  const size = product(shape);
  const count = given.labels.length;
  const values = flatten(given.values, size, part);
  if (values.length !== count * size) {
    const message = `${part}: ${count} labels, so ${count * size} values of shape [${shape.join(', ')}], but there are ${values.length}.`;
    throw new DataError('shape-mismatch', message, { expected: count * size, found: values.length });
  }
  return {
    count,
    shape,
    classes,
    values: bytes(values, 256, (index, value) => {
      const place = `${part}: value ${index % size} of example ${Math.floor(index / size)} is ${value}`;
      return `${place}, but values are whole numbers from 0 to 255. Scale and round them first.`;
    }),
    labels: bytes(given.labels, classes, (index, value) => {
      return `${part}: label ${index} is ${value}, but labels are whole numbers from 0 to ${classes - 1}.`;
    }),
  };
}

/** Returns one array of all values. @throws DataError naming the first example of another size than the shape's */
function flatten(values: ArrayExamples['values'], size: number, part: string): Numbers {
  if (!isList(values)) return values;
  const wrong = values.findIndex(({ length }) => length !== size);
  if (wrong >= 0) {
    const message = `${part}: example ${wrong} has ${values[wrong].length} values, but its shape takes ${size}.`;
    throw new DataError('shape-mismatch', message, { index: wrong, expected: size, found: values[wrong].length });
  }
  return values.flatMap((example) => Array.from(example));
}

const isList = (values: ArrayExamples['values']): values is readonly Numbers[] =>
  Array.isArray(values) && typeof values[0] === 'object';

/**
 * Returns the numbers as bytes.
 * @throws DataError for the first that is not a whole number from 0 and below the limit
 */
function bytes(values: Numbers, limit: number, complain: (index: number, value: number) => string): Uint8Array {
  const result = new Uint8Array(values.length);
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    if (!Number.isInteger(value) || value < 0 || value >= limit) {
      throw new DataError('bad-value', complain(index, value), { index, value });
    }
    result[index] = value;
  }
  return result;
}
