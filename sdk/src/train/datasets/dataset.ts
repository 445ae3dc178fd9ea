import type { SensorChannel, TrainedOn } from '@adiabit/simulator/bitstream';

/** Labelled examples as unsigned bytes, one example after the other. */
export interface Examples {
  readonly count: number;
  /** Values per example, for example [28, 28]. */
  readonly shape: readonly number[];
  /** count x product(shape) values, 0..255. */
  readonly values: Uint8Array;
  /** One class per example, 0..classes-1. */
  readonly labels: Uint8Array;
  readonly classes: number;
}

export interface Dataset {
  readonly name: string;
  /** The origin of the examples, for reports: a package with its version, or a folder. */
  readonly source: string;
  /** What a value is. If absent, a number of no kind that a folder could hold. */
  readonly kind?: 'picture' | 'sound';
  /** Samples a second, of sounds and sensors whose rate is known. */
  readonly sampleRateHz?: number;
  /** The channels of sensors, with the scales that made bytes of their values. If absent, the data are no sensors'. */
  readonly channels?: readonly SensorChannel[];
  /** The meaning of class 0, 1, ..., where it is known. */
  readonly classNames?: readonly string[];
  readonly train: Examples;
  readonly validation: Examples;
  readonly test: Examples;
}

/** Returns the first `limit` examples as one byte array each, views into the same memory. */
export function exampleVectors({ values, count }: Examples, limit = count): Uint8Array[] {
  const width = values.length / count;
  return Array.from({ length: Math.min(limit, count) }, (_, index) =>
    values.subarray(index * width, (index + 1) * width),
  );
}

/** Returns what a network that learns from the data set says of it. */
export function trainedOn({ kind, sampleRateHz, channels, classNames, train }: Dataset): TrainedOn {
  return {
    kind: kind ?? 'values',
    shape: train.shape,
    ...(sampleRateHz === undefined ? {} : { sampleRateHz }),
    ...(channels === undefined ? {} : { channels }),
    ...(classNames === undefined ? {} : { classNames }),
  };
}
