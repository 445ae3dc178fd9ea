import { setImmediate } from 'node:timers/promises';

/** Timers, signals and the terminal get their turn this often. */
const BREATH_INTERVAL_MS = 50;

/**
 * Training awaits nothing but finished promises, which starves the event loop. The function returned is to be awaited
 * often: it returns at once, and lets the event loop turn when that has not happened for 50 ms.
 *
 * @param clock milliseconds from any origin
 */
export function createBreath(clock: () => number): () => Promise<void> {
  let lastMs = clock();
  return async () => {
    if (clock() - lastMs < BREATH_INTERVAL_MS) return;
    await setImmediate();
    lastMs = clock();
  };
}
