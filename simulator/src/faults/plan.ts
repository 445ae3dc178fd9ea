/**
 * What goes wrong. `configuration`: bits of weights, thresholds and other constants flip and stay so for a trial.
 * `registers`: every inference of a trial has registers flip, each in a cycle of its own. `stuck`: nets are stuck at 0 or
 * 1 for a trial.
 */
export const FAULT_KINDS = ['configuration', 'registers', 'stuck'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface FaultPlan {
  /** Absent: `configuration`. */
  readonly kind?: FaultKind;
  /** How many faults: one group of trials for each number. */
  readonly flips: readonly number[];
  /** Trials of each number, every one with other faults. */
  readonly trials: number;
  /** Same seed, same faults. */
  readonly seed: number;
  readonly onProgress?: (done: number, total: number) => void;
  /** Stops with a CancelledError. */
  readonly signal?: AbortSignal;
}

export interface FaultTrial {
  readonly flips: number;
  readonly trial: number;
  /** Fraction of the inputs whose class is the label. */
  readonly accuracy: number;
  /** Fraction of the inputs for which `valid` did not rise when it should, or rose when it should not: counted as wrong. */
  readonly unanswered: number;
}

/** A trial that has to be run: without faults all trials are alike. */
export interface Experiment {
  readonly flips: number;
  readonly trial: number;
}

export const experimentsOf = ({ flips, trials }: FaultPlan): readonly Experiment[] =>
  flips.flatMap((count) =>
    Array.from({ length: count === 0 ? Math.min(1, trials) : trials }, (_, trial) => ({ flips: count, trial })),
  );

/** What is drawn for a trial comes from here. */
export const streamOf = ({ flips, trial }: Experiment): string => `${flips} flips, trial ${trial}`;
