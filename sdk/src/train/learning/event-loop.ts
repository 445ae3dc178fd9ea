import { setImmediate } from 'node:timers/promises';

/** Timers, signals and the terminal are served this often. */
const YIELD_INTERVAL_MS = 50;

/**
 * Makes a function that yields to the event loop once 50 ms have passed since it last did, and returns at once
 * otherwise. A loop that awaits nothing but settled promises starves timers and signals, so it awaits this function
 * in every round.
 *
 * @param clock milliseconds from any origin
 */
export function createEventLoopYield(clock: () => number): () => Promise<void> {
  let lastMs = clock();
  return async () => {
    if (clock() - lastMs < YIELD_INTERVAL_MS) return;
    await setImmediate();
    lastMs = clock();
  };
}
