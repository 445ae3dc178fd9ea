import type { Sharpness } from '../forward/sharpness.js';

/** What an epoch is trained with. */
export interface Setting extends Sharpness {
  readonly learningRate: number;
  /** The optimizer forgets its moments when the sharpness was pushed: they belong to another function. */
  readonly resetsOptimizer: boolean;
  /** Whether tables look for better wires meanwhile. If absent, not. */
  readonly rewires?: boolean;
}

/**
 * What a rule wants next, and what it will remember until then. `train`: an epoch with this setting. `probe`: only the
 * validation accuracy at this sharpness, to see whether a push was too bold.
 *
 * @typeParam Memory plain JSON: it is saved in the checkpoint
 */
export interface ScheduleStep<Memory = unknown> {
  readonly action: 'train' | 'probe';
  readonly setting: Setting;
  readonly memory: Memory;
}

/** What came of a step. */
export interface StepOutcome {
  /** Epochs trained so far. */
  readonly epoch: number;
  /** Validation accuracy, 0..1, at the sharpness of the step. */
  readonly softAccuracy: number;
  /** Validation accuracy, 0..1, of the hard network after the last trained epoch. */
  readonly hardAccuracy: number;
}

/**
 * How a schedule decides: two pure functions of plain data, so that a training can stop anywhere and go on. A schedule
 * is the settings (an object with the rule's `kind`), which are printed and compared. A rule of one's own goes into
 * `train({ rules })`, its settings into `recipe.schedule`. This one raises k until the hard network is good enough:
 *
 * ```ts
 * interface UntilGood { readonly kind: 'custom-until-good'; readonly maxEpochs: number; readonly goal: number }
 * const at = (k: number) => ({ kWeight: k, kActivation: k, learningRate: 1e-3, resetsOptimizer: k > 3 });
 * const untilGood: ScheduleRule<UntilGood, { readonly k: number }> = {
 *   first: () => ({ action: 'train', setting: at(3), memory: { k: 3 } }),
 *   next({ goal, maxEpochs }, { memory }, { epoch, hardAccuracy }) {
 *     const k = 1.2 * memory.k;
 *     if (hardAccuracy >= goal || epoch >= maxEpochs) return undefined;
 *     return { action: 'train', setting: at(k), memory: { k } };
 *   },
 * };
 * ```
 */
export interface ScheduleRule<Settings, Memory = unknown> {
  /** @throws ModelError `model.bad-value` for settings that cannot be trained with */
  first(settings: Settings): ScheduleStep<Memory>;
  /**
   * Returns the step after `step`, whose outcome is `outcome`; undefined at the end. At most `maxEpochs` epochs are
   * trained.
   */
  next(settings: Settings, step: ScheduleStep<Memory>, outcome: StepOutcome): ScheduleStep<Memory> | undefined;
}

/** lr = initial / (k / k0)^power, where k is the sharpness that the schedule pushes. */
export interface LearningRateRule {
  readonly initial: number;
  readonly k0: number;
  readonly power: number;
  readonly follows: 'kWeight' | 'kActivation';
}

export function learningRateAt({ initial, k0, power, follows }: LearningRateRule, sharpness: Sharpness): number {
  return initial / (sharpness[follows] / k0) ** power;
}
