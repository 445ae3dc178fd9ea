import { ModelError } from '@adiabit/simulator/errors';
import { adaptiveRule, type AdaptiveSchedule, describeAdaptive } from './adaptive.js';
import { countFixedEpochs, describeFixed, fixedRule, type FixedSchedule } from './fixed.js';
import type { ScheduleRule, ScheduleStep, StepOutcome } from './rule.js';
import { describeStagnation, stagnationRule, type StagnationSchedule } from './stagnation.js';

export {
  activationsAhead,
  boundedSchedule,
  expandSchedule,
  phasesTrained,
  pushApart,
  pushTogether,
  rise,
} from './fixed.js';
export type { EpochPlan, FixedSchedule, SchedulePhase, Steps } from './fixed.js';
export type { LearningRateRule, ScheduleRule, ScheduleStep, Setting, StepOutcome } from './rule.js';
export type { AdaptiveSchedule } from './adaptive.js';
export type { StagnationSchedule } from './stagnation.js';

/** The settings of a rule that is not one of ours; whatever else they hold is the rule's. */
export interface CustomSchedule {
  readonly kind: `custom-${string}`;
  readonly maxEpochs: number;
}

/** How the sharpness rises, as plain data. */
export type Schedule = FixedSchedule | AdaptiveSchedule | StagnationSchedule | CustomSchedule;

/** Rules of one's own, by the `kind` of their settings. */
export type CustomRules = Readonly<Record<string, ScheduleRule<never>>>;

/** A schedule with its rule: from step to step. */
export interface Course {
  readonly first: () => ScheduleStep;
  readonly next: (step: ScheduleStep, outcome: StepOutcome) => ScheduleStep | undefined;
}

/**
 * Returns a schedule with its rule.
 * @throws ModelError `model.bad-value` when there is no rule of the schedule's kind
 */
export function courseOf(schedule: Schedule, custom: CustomRules = {}): Course {
  switch (schedule.kind) {
    case undefined:
    case 'fixed':
      return bind(fixedRule, schedule);
    case 'adaptive':
      return bind(adaptiveRule, schedule);
    case 'stagnation':
      return bind(stagnationRule, schedule);
    default: {
      const rule = custom[schedule.kind] as ScheduleRule<CustomSchedule> | undefined;
      if (rule !== undefined) return bind(rule, schedule);
      const message = `There is no rule for a schedule of the kind '${schedule.kind}': pass it to train() in 'rules'.`;
      throw new ModelError('bad-value', message, { kind: schedule.kind });
    }
  }
}

/** Binds a rule to its memory. A step's memory is always what the same rule put there, so the types meet again. */
function bind<Settings, Memory>(rule: ScheduleRule<Settings, Memory>, settings: Settings): Course {
  return {
    first: () => rule.first(settings),
    next: (step, outcome) => rule.next(settings, step as ScheduleStep<Memory>, outcome),
  };
}

/** Counts how many epochs the schedule takes, or at most takes when it decides on the way. */
export function countEpochs(schedule: Schedule): number {
  return isFixed(schedule) ? countFixedEpochs(schedule) : schedule.maxEpochs;
}

/** Writes a few lines, one a phase for a fixed schedule. */
export function describeSchedule(schedule: Schedule): string {
  switch (schedule.kind) {
    case undefined:
    case 'fixed':
      return describeFixed(schedule);
    case 'adaptive':
      return describeAdaptive(schedule);
    case 'stagnation':
      return describeStagnation(schedule);
    default:
      return JSON.stringify(schedule);
  }
}

export function isFixed(schedule: Schedule): schedule is FixedSchedule {
  return schedule.kind === undefined || schedule.kind === 'fixed';
}
