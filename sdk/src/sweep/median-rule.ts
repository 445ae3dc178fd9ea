/** The median stopping rule (D. Golovin et al., "Google Vizier: a service for black-box optimization", KDD 2017, section 3.5.2). */
import type { MedianRule } from '../project/sweep-config.js';

/** The accuracy that a trial must have reached after each epoch; null where none is asked for. */
export type Hurdles = readonly (number | null)[];

const AFTER_EPOCHS = 4;
const MIN_TRIALS = 5;

/**
 * Returns what earlier trials ask of a later one: after each epoch, the median of their mean validation accuracy up to there.
 * @param histories validation accuracies of earlier trials, epoch by epoch; those that were given up before an epoch have no say in it
 */
export function hurdlesOf(
  histories: readonly (readonly number[])[],
  { afterEpochs = AFTER_EPOCHS, minTrials = MIN_TRIALS }: MedianRule,
): Hurdles {
  const means = histories.map(runningMeans);
  const epochs = Math.max(0, ...histories.map(({ length }) => length));
  return Array.from({ length: epochs }, (_, index) => {
    const there = means.filter(({ length }) => length > index).map((one) => one[index]);
    return index + 1 < afterEpochs || there.length < minTrials ? null : medianOf(there);
  });
}

/** Tells whether a trial is given up after the last epoch of its history. */
export function fallsBehind(history: readonly number[], hurdles: Hurdles = []): boolean {
  const hurdle = hurdles[history.length - 1] ?? null;
  return hurdle !== null && Math.max(...history) < hurdle;
}

function runningMeans(history: readonly number[]): readonly number[] {
  let sum = 0;
  return history.map((value, index) => (sum += value) / (index + 1));
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
