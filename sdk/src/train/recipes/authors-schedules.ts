import type { BinarizationMode } from '../network/network.js';
import type { PushSettings } from '../schedules/push.js';
import { type AdaptiveSchedule, pushTogether, type Schedule, type StagnationSchedule } from '../schedules/schedules.js';

/** The first k: 1 for weights; 2 for `sigmoid`, which is the authors' tanh at 1. */
const start = { kWeight: 1, kActivation: 2 };

/** What the authors chose for each of their networks. */
export interface Pace {
  readonly epochs: number;
  /** The learning rate at the start, and how it falls with k. */
  readonly initial: number;
  readonly power: number;
  readonly patience: number;
}

/**
 * Returns what the authors' trainers have in common: k times 1.5, the rate following the activations when they are
 * pushed.
 */
function pushSettings(pushes: PushSettings['pushes'], { initial, power, patience, epochs }: Pace) {
  const follows = pushes === 'weights' ? 'kWeight' : 'kActivation';
  const learningRate = { initial: initial / 10, k0: start[follows], power, follows } as const;
  return { pushes, start, ratio: 1.5, patience, learningRate, warmUp: { epochs, factor: 10 }, maxEpochs: epochs + 600 };
}

/** Makes the schedule of a real network, which has nothing to push: as long as the others' warm-up, at their rate. */
function realSchedule({ initial, epochs }: Pace): Schedule {
  const learningRate = { initial, k0: 1, power: 0, follows: 'kWeight' } as const;
  return { phases: pushTogether([[1, epochs]]), learningRate };
}

/** Raises the sharpness by as much as keeps the accuracy; nothing to push in mode real. */
export function adaptive(mode: BinarizationMode, pace: Pace): Schedule {
  if (mode === 'real') return realSchedule(pace);
  const schedule: AdaptiveSchedule = { kind: 'adaptive', target: 1, maxPushes: 3, ...pushSettings(mode, pace) };
  return schedule;
}

/** Raises the sharpness when the accuracy no longer rises; nothing to push in mode real. */
export function stagnation(mode: BinarizationMode, pace: Pace): Schedule {
  if (mode === 'real') return realSchedule(pace);
  const rule = { kind: 'stagnation', keep: 0.6, stopAfter: 3, maxPushes: 1 } as const;
  const schedule: StagnationSchedule = { ...rule, ...pushSettings(mode, pace) };
  return schedule;
}
