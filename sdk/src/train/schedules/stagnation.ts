import {
  atRate,
  checkPushSettings,
  describePushes,
  firstPushed,
  isWarmUp,
  nextPushed,
  push,
  type PushMemory,
  type PushSettings,
  settingAt,
} from './push.js';
import type { ScheduleRule, ScheduleStep, StepOutcome } from './rule.js';

/**
 * Pushes the sharpness when the hard network has not become better for `patience` epochs (`trainer2.py` of the
 * authors, for ResNet-20). The count then goes on from `keep` of what it was, so the next push comes sooner. Ends
 * beyond k = 1000, or after `stopAfter` times the patience without a better hard network.
 */
export interface StagnationSchedule extends PushSettings {
  readonly kind: 'stagnation';
  /** 0..1; the authors' is 0.6. */
  readonly keep: number;
  /** The authors' is 3. */
  readonly stopAfter: number;
}

export interface StagnationMemory extends PushMemory {
  readonly bestHard: number;
  /** Epochs without a better hard network, cut back at each push. */
  readonly waited: number;
  /** The same, never cut back. */
  readonly waitedInAll: number;
  /** The validation accuracy before the pushes under way. */
  readonly before: number;
}

export const stagnationRule: ScheduleRule<StagnationSchedule, StagnationMemory> = {
  first: (settings) => {
    checkPushSettings(settings);
    const memory = { turn: firstPushed(settings), pushed: 0, bestHard: 0, waited: 0, waitedInAll: 0, before: 0 };
    return atRate(settings, { action: 'train', setting: settingAt(settings, settings.start, false), memory }, 0);
  },

  next: (settings, step, outcome) => {
    const next = decide(settings, step, outcome);
    return next && atRate(settings, next, outcome.epoch);
  },
};

type Step = ScheduleStep<StagnationMemory>;

function decide(settings: StagnationSchedule, step: Step, outcome: StepOutcome): Step | undefined {
  const settle = (reached: Step) => trainOn(settings, reached);
  if (step.action === 'probe') {
    return outcome.softAccuracy < step.memory.before ? settle(step) : push(settings, step, settle);
  }
  const isBetter = outcome.hardAccuracy > step.memory.bestHard;
  const isFresh = isBetter || isWarmUp(settings, outcome.epoch);
  const memory = {
    ...step.memory,
    bestHard: Math.max(step.memory.bestHard, outcome.hardAccuracy),
    waited: isFresh ? 0 : step.memory.waited + 1,
    waitedInAll: isFresh ? 0 : step.memory.waitedInAll + 1,
    before: outcome.softAccuracy,
  };
  if (memory.waitedInAll >= settings.stopAfter * settings.patience) return undefined;
  if (outcome.epoch >= settings.maxEpochs) return undefined;
  if (memory.waited >= settings.patience) return push(settings, { ...step, memory }, settle);
  return { action: 'train', setting: { ...step.setting, resetsOptimizer: false }, memory };
}

/** Trains at the sharpness that was reached; the next push is the other's. */
function trainOn(settings: StagnationSchedule, { setting, memory }: Step): Step {
  const turn = nextPushed(settings, memory.turn);
  const waited = Math.floor(memory.waited * settings.keep);
  return { action: 'train', setting, memory: { ...memory, turn, pushed: 0, waited } };
}

export function describeStagnation(settings: StagnationSchedule): string {
  const { patience, keep, stopAfter } = settings;
  return (
    `pushes after ${patience} epochs without a better hard network, and then sooner (the count goes on from ${keep} ` +
    `of itself); gives up after ${stopAfter * patience}\n${describePushes(settings)}`
  );
}
