import { ModelError } from '@adiabit/simulator/errors';
import { expandSchedule, isFixed, type SchedulePhase } from '../schedules/schedules.js';
import type { Recipe } from './recipes.js';

/**
 * Returns the recipe with its course taken in another number of epochs: the same sharpness at the same part of the way, and the last
 * epoch as sharp as it was.
 * @throws ModelError `model.bad-value` for a schedule that decides on the way, or for no whole number of epochs
 */
export function withEpochs(recipe: Recipe, epochs: number): Recipe {
  const { schedule, name } = recipe;
  if (!isFixed(schedule)) {
    const message = `The schedule of "${name}" decides on the way how many epochs it takes: leave the number out.`;
    throw new ModelError('bad-value', message, { recipe: name });
  }
  if (!Number.isInteger(epochs) || epochs < 1) {
    const message = `A training takes a positive whole number of epochs, not ${epochs}.`;
    throw new ModelError('bad-value', message, { epochs });
  }
  expandSchedule(schedule);
  const each = schedule.phases.flatMap((phase) => Array.from({ length: phase.epochs }, () => phase));
  if (each.length === epochs) return recipe;
  const last = each.length - 1;
  const taken = Array.from(
    { length: epochs },
    (_, index) => each[epochs === 1 ? last : Math.round((index * last) / (epochs - 1))],
  );
  return { ...recipe, schedule: { ...schedule, phases: joinedPhases(taken) } };
}

/** Returns one epoch of each, neighbours that are alike as one phase. */
function joinedPhases(each: readonly SchedulePhase[]): readonly SchedulePhase[] {
  return each.reduce<readonly SchedulePhase[]>((phases, phase) => {
    const before = phases.at(-1);
    const isSame =
      before !== undefined && JSON.stringify({ ...before, epochs: 1 }) === JSON.stringify({ ...phase, epochs: 1 });
    return isSame
      ? [...phases.slice(0, -1), { ...before, epochs: before.epochs + 1 }]
      : [...phases, { ...phase, epochs: 1 }];
  }, []);
}
