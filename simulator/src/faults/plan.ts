/**
 * The kinds of faults. `configuration`: bits of weights, thresholds and other constants flip and stay flipped for a
 * trial. `registers`: in every inference of a trial registers flip, each in its own cycle. `stuck`: nets are stuck at 0
 * or 1 for a trial.
 */
export const FAULT_KINDS = ['configuration', 'registers', 'stuck'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface FaultPlan {
  /** The kind of faults (`configuration`). */
  readonly kind?: FaultKind;
  /** The numbers of faults, with one group of trials for each. */
  readonly flips: readonly number[];
  /** The trials for each number, each with other faults. */
  readonly trials: number;
  /** The seed. The same seed gives the same faults. */
  readonly seed: number;
  readonly onProgress?: (done: number, total: number) => void;
  /** Aborting it stops the trials with a CancelledError. */
  readonly signal?: AbortSignal;
}

export interface FaultTrial {
  readonly flips: number;
  readonly trial: number;
  /** The fraction of inputs whose class is the label. */
  readonly accuracy: number;
  /** The fraction of inputs for which `valid` was wrong. They count as wrong. */
  readonly unanswered: number;
}

/** A trial to run. Without faults, all trials are the same and one is enough. */
export interface Experiment {
  readonly flips: number;
  readonly trial: number;
}

export const experimentsOf = ({ flips, trials }: FaultPlan): readonly Experiment[] =>
  flips.flatMap((count) =>
    Array.from({ length: count === 0 ? Math.min(1, trials) : trials }, (_, trial) => ({ flips: count, trial })),
  );

/** Names the random stream of a trial. */
export const streamOf = ({ flips, trial }: Experiment): string => `${flips} flips, trial ${trial}`;
