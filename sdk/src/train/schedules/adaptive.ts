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
 * Pushes the sharpness whenever the validation accuracy reaches a target (`trainer.py` of the authors). After
 * `patience` epochs without that, the target becomes the best accuracy since the last push, so the training always
 * moves on. Ends beyond k = 1000, or when the hard network itself reaches the target.
 */
export interface AdaptiveSchedule extends PushSettings {
  readonly kind: 'adaptive';
  /** The validation accuracy to reach before the first push, 0..1; the authors' is 1. */
  readonly target: number;
}

export interface AdaptiveMemory extends PushMemory {
  readonly target: number;
  /** Best validation accuracy since the last push. */
  readonly best: number;
  readonly bestHard: number;
  /** Epochs since the last push or the last change of the target. */
  readonly waited: number;
}

export const adaptiveRule: ScheduleRule<AdaptiveSchedule, AdaptiveMemory> = {
  first: (settings) => {
    checkPushSettings(settings);
    const memory = { turn: firstPushed(settings), pushed: 0, target: settings.target, best: 0, bestHard: 0, waited: 0 };
    return atRate(settings, { action: 'train', setting: settingAt(settings, settings.start, false), memory }, 0);
  },

  next: (settings, step, outcome) => {
    const next = decide(settings, step, outcome);
    return next && atRate(settings, next, outcome.epoch);
  },
};

type Step = ScheduleStep<AdaptiveMemory>;

function decide(settings: AdaptiveSchedule, step: Step, outcome: StepOutcome): Step | undefined {
  const settle = (reached: Step) => trainOn(settings, reached);
  if (step.action === 'probe') {
    return outcome.softAccuracy >= step.memory.target ? push(settings, step, settle) : settle(step);
  }
  const best = Math.max(step.memory.best, outcome.softAccuracy);
  const bestHard = Math.max(step.memory.bestHard, outcome.hardAccuracy);
  const waited = isWarmUp(settings, outcome.epoch) ? 0 : step.memory.waited + 1;
  const isDue = waited >= settings.patience;
  const target = isDue ? best : step.memory.target;
  const memory = { ...step.memory, target, best, bestHard, waited };
  if (bestHard >= step.memory.target || outcome.epoch >= settings.maxEpochs) return undefined;
  if (isDue || outcome.softAccuracy >= target) return push(settings, { ...step, memory }, settle);
  return { action: 'train', setting: { ...step.setting, resetsOptimizer: false }, memory };
}

/** Trains at the sharpness that was reached; the next push is the other's. */
function trainOn(settings: AdaptiveSchedule, { setting, memory }: Step): Step {
  const turn = nextPushed(settings, memory.turn);
  return { action: 'train', setting, memory: { ...memory, turn, pushed: 0, best: 0, waited: 0 } };
}

export function describeAdaptive(settings: AdaptiveSchedule): string {
  const { target, patience } = settings;
  return (
    `pushes when the validation accuracy reaches ${target}; ` +
    `after ${patience} epochs without, the target is the best since the last push\n${describePushes(settings)}`
  );
}
