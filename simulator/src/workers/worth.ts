import { availableParallelism } from 'node:os';

export interface ThreadNeeds {
  /** The largest number of threads. If absent, one per core. */
  readonly wanted?: number | undefined;
  /** The number of pieces that the work can be divided into. */
  readonly pieces: number;
  /** The number of cores (those that this process may use). */
  readonly cores?: number | undefined;
}

/** Gives the number of threads for some work: at least 1, and no more than cores, or than pieces of work. */
export function threadsWorth({ wanted = Infinity, pieces, cores = availableParallelism() }: ThreadNeeds): number {
  return Math.max(1, Math.min(wanted, cores, pieces));
}
