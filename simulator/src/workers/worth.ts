import { availableParallelism } from 'node:os';

export interface ThreadNeeds {
  /** At most so many; if absent, one a core. */
  readonly wanted?: number | undefined;
  /** Into how many pieces the work can be shared out. */
  readonly pieces: number;
  /** Of the processor (as many as this process may use). */
  readonly cores?: number | undefined;
}

/** How many threads some work is worth, 1 or more: no more than there are cores, or pieces of work. */
export function threadsWorth({ wanted = Infinity, pieces, cores = availableParallelism() }: ThreadNeeds): number {
  return Math.max(1, Math.min(wanted, cores, pieces));
}
