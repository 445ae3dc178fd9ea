import type { Training, TrainingStage } from '../../../common/contract/training.js';
import { percent } from '../../parts/format.js';

const STAGES: Readonly<Record<TrainingStage, string>> = {
  load: 'loads data',
  train: 'trains',
  freeze: 'freezes to integers',
  polish: 'polishes bit by bit',
  compile: 'compiles',
};

/** A shape for each state, so that none is told by its colour alone. */
export const SHAPES: Readonly<Record<Training['state'], string>> = {
  waiting: '○',
  running: '◐',
  cancelled: '–',
  failed: '✕',
  stopped: '–',
  done: '✓',
};

/** Says how a training stands. */
export function standing({ state, progress, epochsDone, epochs }: Training): string {
  switch (state) {
    case 'waiting':
      return 'waits for the one before it';
    case 'running':
      if (progress === undefined) return 'begins';
      if (progress.stage === 'train') return `epoch ${Math.min(epochsDone + 1, epochs)} of ${epochs}`;
      return STAGES[progress.stage];
    case 'cancelled':
      return `cancelled after epoch ${epochsDone}`;
    case 'stopped':
      return `stopped after epoch ${epochsDone}`;
    default:
      return state;
  }
}

/** Returns the part of a training that is done, 0..1. Freezing and compiling are its last twentieth. */
export function partDone({ state, progress, epochsDone, epochs }: Training): number {
  if (state === 'done') return 1;
  const inEpoch = progress?.stage === 'train' && progress.total > 0 ? progress.done / progress.total : 0;
  return (0.95 * Math.min(epochs, epochsDone + inEpoch)) / Math.max(1, epochs);
}

/** Writes an accuracy with two digits: test sets have thousands of examples. */
export const accuracy = (share: number): string => percent(share, 2);

/** Writes a sharpness or a rate with three digits. */
export const digits = (value: number): string =>
  value >= 1e5 || (value !== 0 && Math.abs(value) < 1e-2)
    ? value.toExponential(2)
    : String(Number(value.toPrecision(3)));
