import { DataError } from '@adiabit/simulator/errors';
import { product } from '../../network/layers.js';
import type { Dataset } from '../dataset.js';
import { datasetOfRuns } from './dataset-of-runs.js';
import type { ChannelChoice } from './channels.js';
import type { RecordingSplit } from './split-recordings.js';

/** Examples of sensor values in a program's own arrays: any numbers, in units or counts. */
export interface ScaledArrays extends Omit<ChannelChoice, 'names'> {
  readonly name: string;
  /** The shape of one example, its channels last: [channels], or [length, channels]. */
  readonly shape: readonly [number] | readonly [number, number];
  /** The names of the channels. If absent, 0, 1, ... */
  readonly channels?: readonly string[];
  readonly classes: readonly string[];
  /** All values, one example after the other. */
  readonly values: ArrayLike<number>;
  /** A class for each example. */
  readonly labels: ArrayLike<number>;
  /** What each example was cut from: examples of one recording stay in one part. If absent, each is alone. */
  readonly recordings?: ArrayLike<number | string>;
  readonly split?: RecordingSplit;
  readonly sampleRateHz?: number;
}

/**
 * Makes a data set of sensor values, as `loadSensorData` does of files: shared out by recording, and scaled to bytes by
 * what the training part has.
 * @throws DataError `data.shape-mismatch` for counts that do not fit, `data.bad-value` naming a value that is no number
 * or a label that is no class; as `datasetOfRuns`
 */
export function scaledDatasetFromArrays(arrays: ScaledArrays): Dataset {
  const { name, shape, values, labels, classes, recordings, sampleRateHz } = arrays;
  const size = product(shape);
  const channels = shape[shape.length - 1];
  const names = arrays.channels ?? Array.from({ length: channels }, (_, index) => String(index));
  check(names.length, channels, 'names of channels');
  check(values.length, labels.length * size, 'values');
  if (recordings !== undefined) check(recordings.length, labels.length, 'recordings');
  const numbers = Float64Array.from(values);
  const wrong = numbers.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    const message = `Value ${wrong % size} of example ${Math.floor(wrong / size)} is ${numbers[wrong]}, which is no number. Fill it in, or leave the example out.`;
    throw new DataError('bad-value', message, { index: wrong });
  }
  const runs = Array.from({ length: labels.length }, (_, index) => {
    const label = labels[index];
    if (!Number.isInteger(label) || label < 0 || label >= classes.length) {
      const message = `Label ${index} is ${label}, but labels are whole numbers from 0 to ${classes.length - 1}.`;
      throw new DataError('bad-value', message, { index, value: label });
    }
    return {
      recording: String(recordings?.[index] ?? index),
      label: classes[label],
      values: numbers.subarray(index * size, (index + 1) * size),
    };
  });
  const { units, countsPerUnit, scale, split } = arrays;
  const window = shape.length === 2 ? { length: shape[0] } : undefined;
  return {
    name,
    source: 'arrays of the program',
    ...(sampleRateHz === undefined ? {} : { sampleRateHz }),
    ...datasetOfRuns(runs, { names, window, units, countsPerUnit, scale, split, classNames: classes }),
  };
}

function check(found: number, expected: number, what: string): void {
  if (found === expected) return;
  throw new DataError('shape-mismatch', `There must be ${expected} ${what}, but there are ${found}.`, {
    expected,
    found,
  });
}
