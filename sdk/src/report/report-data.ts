import type { BitMatrix } from '@adiabit/simulator/bits';
import type { Summary } from './summary.js';
import type { EpochOutcome } from '../train/learning/training-state.js';

/** One epoch as the report draws it. */
export type ReportEpoch = Omit<EpochOutcome, 'epochs'>;

/** A picture that was taken for something else. */
export interface Mistake {
  /** 0..255, row by row; red, green and blue of every pixel if there are three channels. */
  readonly image: Uint8Array;
  readonly shape: readonly [height: number, width: number, channels?: 3];
  readonly label: number;
  readonly predicted: number;
}

/** What the report shows; all of it was computed by the run it reports. */
export interface ReportData {
  readonly summary: Summary;
  readonly history: readonly ReportEpoch[];
  /** Test examples counted by true class (rows) and the class that they were taken for (columns), by the integers or, if there are none, by the hard network. */
  readonly confusion: readonly (readonly number[])[];
  /** The meaning of class 0, 1, ... If absent, the numbers. */
  readonly classNames?: readonly string[];
  /** If it is dense and binary: weights of the first layer, one row per neuron, and the shape [height, width] of its input. */
  readonly firstLayer?: { readonly weights: BitMatrix; readonly shape: readonly [number, number] };
  /** Some test pictures that it got wrong; none if the examples are no pictures. */
  readonly mistakes: readonly Mistake[];
}
