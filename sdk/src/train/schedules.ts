import { ModelError } from '@adiabit/simulator';

/** Some epochs at one sharpness. */
export interface SchedulePhase {
  readonly kWeight: number;
  readonly kActivation: number;
  readonly epochs: number;
}

/** lr = initial / (k / k0)^power, where k is the sharpness that the schedule pushes. */
export interface LearningRateRule {
  readonly initial: number;
  readonly k0: number;
  readonly power: number;
  readonly follows: 'kWeight' | 'kActivation';
}

/** A fixed schedule as plain data. */
export interface Schedule {
  readonly phases: readonly SchedulePhase[];
  readonly learningRate: LearningRateRule;
}

/** What one epoch, counted from 1, will do. */
export interface EpochPlan {
  readonly epoch: number;
  readonly kWeight: number;
  readonly kActivation: number;
  readonly learningRate: number;
  /** The optimizer forgets its moments when the sharpness was pushed: they belong to another function. */
  readonly resetsOptimizer: boolean;
}

/** The schedule epoch by epoch. @throws ModelError `model.bad-value` for a phase that cannot be trained */
export function expandSchedule({ phases, learningRate }: Schedule): readonly EpochPlan[] {
  if (phases.length === 0) throw new ModelError('bad-value', 'The schedule has no phases: give it at least one.');
  phases.forEach(checkPhase);
  const plans = phases.flatMap(({ kWeight, kActivation, epochs }, phaseIndex) => {
    const previous = phases[phaseIndex - 1] as SchedulePhase | undefined;
    const pushed = previous !== undefined && (previous.kWeight !== kWeight || previous.kActivation !== kActivation);
    const rate = learningRateAt(learningRate, phases[phaseIndex]);
    return Array.from({ length: epochs }, (_, index) => ({
      kWeight,
      kActivation,
      learningRate: rate,
      resetsOptimizer: pushed && index === 0,
    }));
  });
  return plans.map((plan, index) => ({ epoch: index + 1, ...plan }));
}

export function countEpochs({ phases }: Schedule): number {
  return phases.reduce((sum, { epochs }) => sum + epochs, 0);
}

/** One line a phase: `3 epochs at k = 20 (weights) and 20 (activations), learning rate 6.84e-4`. */
export function describeSchedule(schedule: Schedule): string {
  return schedule.phases
    .map((phase) => {
      const { kWeight, kActivation, epochs } = phase;
      const rate = learningRateAt(schedule.learningRate, phase).toExponential(2);
      const duration = `${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}`;
      return `${duration} at k = ${kWeight} (weights) and ${kActivation} (activations), learning rate ${rate}`;
    })
    .join('\n');
}

/** The same sharpness for weights and activations. */
export function pushTogether(steps: readonly (readonly [k: number, epochs: number])[]): readonly SchedulePhase[] {
  return steps.map(([k, epochs]) => ({ kWeight: k, kActivation: k, epochs }));
}

function learningRateAt({ initial, k0, power, follows }: LearningRateRule, phase: SchedulePhase): number {
  return initial / (phase[follows] / k0) ** power;
}

function checkPhase({ kWeight, kActivation, epochs }: SchedulePhase, index: number): void {
  const fail = (what: string): never => {
    throw new ModelError('bad-value', `Schedule, phase ${index}: ${what}.`, { phase: index });
  };
  if (!(kWeight > 0 && Number.isFinite(kWeight))) fail(`kWeight must be positive and finite, not ${kWeight}`);
  if (!(kActivation > 0 && Number.isFinite(kActivation)))
    fail(`kActivation must be positive and finite, not ${kActivation}`);
  if (!Number.isInteger(epochs) || epochs < 1) fail(`epochs must be a positive integer, not ${epochs}`);
}
