import type { Observer, Progress } from '../../workflow/index.js';

/** A progress notification: `progress` only grows; each step adds up to one. */
export interface Told {
  readonly progress: number;
  readonly message: string;
}

const EVERY_MS = 250;

/**
 * Makes an observer that tells how far a workflow is: the number of steps that are done and the part of the one at hand.
 * @param tell called at most four times a second, and for every step that begins
 */
export function tellingObserver(tell: (told: Told) => void, clock: () => number = () => performance.now()): Observer {
  let current: string | undefined;
  let done = 0;
  let toldMs = -Infinity;
  let highest = 0;
  return {
    onProgress: (progress) => {
      const step = stepOf(progress);
      const begins = step !== current;
      if (begins) {
        if (current !== undefined) done++;
        current = step;
      }
      const part = progress.total > 0 ? Math.min(1, progress.done / progress.total) : 0;
      const now = clock();
      if (!begins && part < 1 && now - toldMs < EVERY_MS) return;
      if (done + part < highest) return;
      highest = done + part;
      toldMs = now;
      tell({ progress: highest, message: `${step}: ${progress.done} of ${progress.total}` });
    },
  };
}

const stepOf = (progress: Progress): string =>
  progress.step === 'epoch'
    ? `epoch ${progress.epoch}`
    : 'phase' in progress
      ? `${progress.step} ${progress.phase ?? ''}`
      : progress.step;
