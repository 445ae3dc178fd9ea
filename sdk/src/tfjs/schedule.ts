import { ModelError } from '@adiabit/simulator/errors';
import { type EpochPlan, expandSchedule, type FixedSchedule, pushTogether, rise } from '../train/schedules/fixed.js';

/** As many epochs as `model.fit` trains, for a schedule that rises by itself. */
export interface RisingSchedule {
  readonly epochs: number;
}

/** How the sharpness rises: one of our trainer's lists of phases, or over a number of epochs. */
export type AdiabaticSchedule = FixedSchedule | RisingSchedule;

const FIRST = 3;
const SECOND = 4.5;
const LAST = 999;
/** The share of the epochs at the first sharpness. */
const SOFT_SHARE = 0.2;
/** The learning rate falls as (k / 3)^-0.4: as in the recipe mnist-demo. */
const RATE_POWER = 0.4;

/**
 * Returns a schedule epoch by epoch: a fifth of the epochs at k = 3, then a push of one factor before each, up to k = 999.
 *
 * @param initialRate the learning rate that a rising schedule begins with
 * @throws ModelError `model.bad-value` for a schedule that cannot be trained
 */
export function plansOf(schedule: AdiabaticSchedule, initialRate: number): readonly EpochPlan[] {
  if ('phases' in schedule) return expandSchedule(schedule);
  const { epochs } = schedule;
  if (!Number.isInteger(epochs) || epochs < 2) {
    throw new ModelError(
      'bad-value',
      `epochs must be an integer of at least 2, not ${epochs}: as many as model.fit trains.`,
    );
  }
  const soft = Math.max(1, Math.floor(SOFT_SHARE * epochs));
  const steps = [[FIRST, soft], ...rise(SECOND, LAST, epochs - soft - 1), [LAST, 1]] as const;
  const learningRate = { initial: initialRate, k0: FIRST, power: RATE_POWER, follows: 'kWeight' } as const;
  return expandSchedule({ phases: pushTogether(steps), learningRate });
}
