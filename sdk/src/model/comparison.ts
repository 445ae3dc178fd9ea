import type { Range } from './ranges.js';

/** How the integers of a model stand to the hardened real network that they were frozen from. */
export interface HardComparison {
  /**
   * Whether every class is the hard network's, whatever the input: no real number was rounded on the way, and the
   * fraction bits of the outputs are proved to be enough.
   */
  readonly isExact: boolean;
  readonly agreement: Agreement;
  /** Layers whose real values are held at the largest of some examples: larger ones, should they come, are cut off. */
  readonly held: readonly SaturatedLayer[];
  /** Accuracy on the test set, 0..1. */
  readonly testAccuracy?: { readonly hard: number; readonly frozen: number };
}

/** Both side by side, example by example. */
export interface Agreement {
  /** On how many of the examples both give the same class. */
  readonly equal: number;
  readonly total: number;
  /** How far an output lies from the real network's, at most, in its units. */
  readonly largestDifference: number;
  /** What the real network's outputs lie between; 0 and 0 without examples. */
  readonly outputs: Range;
}

/** A layer whose real values are cut off above what its integers hold. */
export interface SaturatedLayer {
  /** The number of the layer in the trained network, counted from 0. */
  readonly layer: number;
  /** The largest real value that its integers hold. */
  readonly holds: number;
  /** Real values stay within this, whatever the input; most never come near it. */
  readonly reach: number;
}

/** Test accuracies further apart than half a point are to be warned of. */
const TOLERATED_DIFFERENCE = 0.005;

/** Tells whether the integers get so much more or less right than the hard network that the user must know. */
export const accuraciesDiffer = ({ hard, frozen }: { readonly hard: number; readonly frozen: number }): boolean =>
  // The last bits of the difference are rounding.
  Math.abs(hard - frozen) > TOLERATED_DIFFERENCE + 1e-9;
