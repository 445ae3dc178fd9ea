import type { Shift } from '../augmentation/shifts.js';

/** How a network is polished, as plain data: part of a recipe. */
export interface PolishPlan {
  /** Most visits to every bit; polishing ends sooner when a sweep keeps nothing or validation stops improving. */
  readonly sweeps: number;
  /** A change is kept when the cross-entropy, summed over all training images and in nats, falls by more than this. */
  readonly margin: number;
  /** Copies of the training images, moved, to polish on beside the originals. If absent, none. */
  readonly shifts?: readonly Shift[];
  /** Temperature of the softmax, in units of the one with the smallest cross-entropy at the start. If absent, 1. */
  readonly temperature?: number;
}
