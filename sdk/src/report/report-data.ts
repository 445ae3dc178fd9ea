import type { BitMatrix } from '@adiabit/simulator/bits';
import type { Summary } from './summary.js';
import type { EpochOutcome } from '../train/learning/training-state.js';

/** One epoch as the report draws it. */
export type ReportEpoch = Omit<EpochOutcome, 'epochs'>;

/** What the report shows; all of it was computed by the run it reports. */
export interface ReportData {
  readonly summary: Summary;
  readonly history: readonly ReportEpoch[];
  /** Test examples counted by true class (rows) and the circuit's class (columns). */
  readonly confusion: readonly (readonly number[])[];
  /** Weights of the first layer, one row per neuron, and the shape [height, width] of its input. */
  readonly firstLayer: { readonly weights: BitMatrix; readonly shape: readonly [number, number] };
  /** Some test images the circuit got wrong, pixels 0..255 in `firstLayer.shape`. */
  readonly mistakes: readonly { readonly image: Uint8Array; readonly label: number; readonly predicted: number }[];
}
