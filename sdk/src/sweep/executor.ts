import type { TrialJob, TrialOutcome } from './messages.js';
import type { TrialEpoch } from './worker-process.js';

/** Something that runs trials: this machine, or workers behind a queue. */
export interface Executor {
  /**
   * Runs a trial as soon as there is room. When it resolves, the model of a finished trial lies in its folder.
   * @throws CancelledError, after the last whole epoch; what the trial throws
   */
  run(job: TrialJob): Promise<TrialOutcome>;
  close(): Promise<void>;
}

/** What executors tell while they work. */
export interface ExecutorEvents {
  readonly onEpoch?: (id: string, epoch: TrialEpoch) => void;
  /** Called when a trial's process ended, and it goes on in another one. */
  readonly onAgain?: (id: string) => void;
}
