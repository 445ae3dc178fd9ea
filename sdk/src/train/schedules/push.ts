import { ModelError } from '@adiabit/simulator/errors';
import type { Sharpness } from '../forward/sharpness.js';
import { HARD_SHARPNESS } from '../network/activations.js';
import { learningRateAt, type LearningRateRule, type ScheduleStep, type Setting } from './rule.js';

/** What the two rules that watch the validation accuracy have in common, as plain data. */
export interface PushSettings {
  /** The sharpness that is pushed. In `both`, weights and activations are pushed in turn. */
  readonly pushes: 'weights' | 'activations' | 'both';
  readonly start: Sharpness;
  /** k becomes ratio * k; above 1. */
  readonly ratio: number;
  /** Most pushes at once: after each but the last the accuracy is looked at again. */
  readonly maxPushes: number;
  /** Epochs without success before the rule acts. */
  readonly patience: number;
  readonly learningRate: LearningRateRule;
  /** The first epochs, at `factor` times the rate and without a push for want of patience. If absent, none. */
  readonly warmUp?: { readonly epochs: number; readonly factor: number };
  readonly maxEpochs: number;
}

/** A place in the sharpness plane, and whose turn it is. */
export interface PushMemory {
  readonly turn: keyof Sharpness;
  /** Pushes made since the last epoch. */
  readonly pushed: number;
}

export function firstPushed({ pushes }: PushSettings): keyof Sharpness {
  return pushes === 'activations' ? 'kActivation' : 'kWeight';
}

export function isWarmUp({ warmUp }: PushSettings, epochsDone: number): boolean {
  return warmUp !== undefined && epochsDone < warmUp.epochs;
}

/** Returns the step with the learning rate of the epoch it trains: the rule's, times the warm-up's factor. */
export function atRate<Memory>(settings: PushSettings, step: ScheduleStep<Memory>, epochsDone: number) {
  const rate = learningRateAt(settings.learningRate, step.setting);
  const factor = isWarmUp(settings, epochsDone) ? (settings.warmUp?.factor ?? 1) : 1;
  return { ...step, setting: { ...step.setting, learningRate: rate * factor } };
}

/** Tells whose turn it is after `turn`: in mode both the other's. */
export function nextPushed({ pushes }: PushSettings, turn: keyof Sharpness): keyof Sharpness {
  if (pushes !== 'both') return turn;
  return turn === 'kWeight' ? 'kActivation' : 'kWeight';
}

export function settingAt(settings: PushSettings, sharpness: Sharpness, resetsOptimizer: boolean): Setting {
  const { kWeight, kActivation } = sharpness;
  return { kWeight, kActivation, learningRate: learningRateAt(settings.learningRate, sharpness), resetsOptimizer };
}

/**
 * Pushes once. The accuracy there is to be looked at before another push; after the last one allowed `settle` makes
 * the step that trains. Undefined when the sharpness goes beyond hard.
 */
export function push<Memory extends PushMemory>(
  settings: PushSettings,
  { setting, memory }: ScheduleStep<Memory>,
  settle: (step: ScheduleStep<Memory>) => ScheduleStep<Memory>,
): ScheduleStep<Memory> | undefined {
  const { kWeight, kActivation } = setting;
  const { turn } = memory;
  const sharpness = { kWeight, kActivation, [turn]: setting[turn] * settings.ratio };
  if (isBeyondHard(settings, sharpness)) return undefined;
  const done = memory.pushed + 1;
  const step: ScheduleStep<Memory> = {
    action: 'probe',
    setting: settingAt(settings, sharpness, true),
    memory: { ...memory, pushed: done },
  };
  return done < settings.maxPushes ? step : settle(step);
}

/**
 * Tells whether a sharpness is beyond the hard limit. Beyond k = 1000 the functions are hard and nothing can be learned
 * through them.
 */
function isBeyondHard({ pushes }: PushSettings, { kWeight, kActivation }: Sharpness): boolean {
  const isWeightHard = pushes !== 'activations' && kWeight > HARD_SHARPNESS;
  return isWeightHard || (pushes !== 'weights' && kActivation > HARD_SHARPNESS);
}

/**
 * Checks the settings of pushes.
 * @throws ModelError `model.bad-value` naming the setting that nothing can be trained with
 */
export function checkPushSettings(settings: PushSettings): void {
  const { start, ratio } = settings;
  const fail = (name: string, what: string, value: number): never => {
    throw new ModelError('bad-value', `Schedule: ${name} must be ${what}, not ${value}.`, { [name]: value });
  };
  for (const name of ['kWeight', 'kActivation'] as const) {
    if (!(start[name] > 0 && Number.isFinite(start[name]))) {
      fail(`start.${name}`, 'positive and finite', start[name]);
    }
  }
  if (!(ratio > 1 && Number.isFinite(ratio))) fail('ratio', 'above 1 and finite', ratio);
  for (const name of ['maxPushes', 'patience', 'maxEpochs'] as const) {
    if (!Number.isInteger(settings[name]) || settings[name] < 1) fail(name, 'a positive integer', settings[name]);
  }
}

export function describePushes(settings: PushSettings): string {
  const { pushes, start, ratio, maxPushes, learningRate, warmUp, maxEpochs } = settings;
  const what = pushes === 'both' ? 'weights and activations in turn' : pushes;
  const { initial, k0, power } = learningRate;
  const times = maxPushes === 1 ? '' : `, up to ${maxPushes} times at once`;
  const warm = warmUp === undefined ? '' : ` (${warmUp.factor} times that in the first ${warmUp.epochs} epochs)`;
  return (
    `starts at k = ${start.kWeight} (weights) and ${start.kActivation} (activations); a push multiplies k by ${ratio} ` +
    `(${what}${times})\n` +
    `learning rate ${initial} / (k / ${k0})^${power}${warm}; ends beyond k = ${HARD_SHARPNESS}, ` +
    `after at most ${maxEpochs} epochs`
  );
}
