import { ModelError } from '@adiabit/simulator/errors';
import type { Sharpness } from '../forward/sharpness.js';
import { learningRateAt, type LearningRateRule, type ScheduleRule, type ScheduleStep, type Setting } from './rule.js';

/** Some epochs at one sharpness. */
export interface SchedulePhase {
  readonly kWeight: number;
  readonly kActivation: number;
  readonly epochs: number;
  /** What the learning rate is multiplied by besides. If absent, 1. */
  readonly rate?: number;
  /** See `Setting`. */
  readonly rewires?: boolean;
}

/** A fixed schedule as plain data. */
export interface FixedSchedule {
  readonly kind?: 'fixed';
  readonly phases: readonly SchedulePhase[];
  readonly learningRate: LearningRateRule;
  /**
   * How the learning rate falls besides, from epoch to epoch: by half a period of a cosine, nearly to 0 in the last one
   * (I. Loshchilov, F. Hutter, "SGDR", 2017). If absent, not at all.
   */
  readonly anneal?: 'cosine';
  /** Whether the optimizer remembers its moments when the sharpness is pushed: for many small pushes. If absent, not. */
  readonly keepsMoments?: boolean;
}

/** What one epoch, counted from 1, will do. */
export interface EpochPlan extends Setting {
  readonly epoch: number;
}

/** Returns the schedule epoch by epoch. @throws ModelError `model.bad-value` for a phase that cannot be trained */
export function expandSchedule({
  phases,
  learningRate,
  anneal,
  keepsMoments = false,
}: FixedSchedule): readonly EpochPlan[] {
  if (phases.length === 0) throw new ModelError('bad-value', 'The schedule has no phases: give it at least one.');
  phases.forEach(checkPhase);
  const plans = phases.flatMap(({ kWeight, kActivation, epochs, rate: factor = 1, rewires }, phaseIndex) => {
    const previous = phases[phaseIndex - 1] as SchedulePhase | undefined;
    const pushed = previous !== undefined && (previous.kWeight !== kWeight || previous.kActivation !== kActivation);
    const rate = factor * learningRateAt(learningRate, phases[phaseIndex]);
    return Array.from({ length: epochs }, (_, index) => ({
      kWeight,
      kActivation,
      learningRate: rate,
      resetsOptimizer: pushed && !keepsMoments && index === 0,
      ...(rewires === undefined ? {} : { rewires }),
    }));
  });
  return plans.map((plan, index) => {
    const left = anneal === undefined ? 1 : (1 + Math.cos((Math.PI * index) / plans.length)) / 2;
    return { epoch: index + 1, ...plan, learningRate: left * plan.learningRate };
  });
}

/** The list, step by step: nothing to remember, for the number of epochs done says it all. */
export const fixedRule: ScheduleRule<FixedSchedule, null> = {
  first: (schedule) => fixedStep(expandSchedule(schedule)[0]),
  next: (schedule, _, { epoch }) => fixedStepAfter(schedule, epoch),
};

/** Returns the step after a number of trained epochs; undefined at the end. */
export function fixedStepAfter(schedule: FixedSchedule, epochsDone: number): ScheduleStep<null> | undefined {
  const plans = expandSchedule(schedule);
  return epochsDone < plans.length ? fixedStep(plans[epochsDone]) : undefined;
}

function fixedStep({ kWeight, kActivation, learningRate, resetsOptimizer, rewires }: EpochPlan): ScheduleStep<null> {
  const setting = { kWeight, kActivation, learningRate, resetsOptimizer };
  return { action: 'train', setting: rewires === undefined ? setting : { ...setting, rewires }, memory: null };
}

export function countFixedEpochs({ phases }: FixedSchedule): number {
  return phases.reduce((sum, { epochs }) => sum + epochs, 0);
}

/** Writes one line a phase: `3 epochs at k = 20 (weights) and 20 (activations), learning rate 6.84e-4`. */
export function describeFixed(schedule: FixedSchedule): string {
  const annealed = schedule.anneal === undefined ? '' : `, falling to 0 by a ${schedule.anneal} over all epochs`;
  return schedule.phases
    .map((phase) => {
      const { kWeight, kActivation, epochs, rewires = false } = phase;
      const rate = ((phase.rate ?? 1) * learningRateAt(schedule.learningRate, phase)).toExponential(2);
      const duration = `${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}`;
      return `${duration} at k = ${kWeight} (weights) and ${kActivation} (activations), learning rate ${rate}${annealed}${rewires ? ', rewiring' : ''}`;
    })
    .join('\n');
}

/**
 * Returns the phases that a training went through, whatever decided them: neighbours with the same sharpness are one.
 */
export function phasesTrained(epochs: readonly Sharpness[]): readonly SchedulePhase[] {
  return epochs.reduce<readonly SchedulePhase[]>((phases, { kWeight, kActivation }) => {
    const last = phases.at(-1);
    const isSame = last?.kWeight === kWeight && last.kActivation === kActivation;
    return isSame
      ? [...phases.slice(0, -1), { ...last, epochs: last.epochs + 1 }]
      : [...phases, { kWeight, kActivation, epochs: 1 }];
  }, []);
}

/** One sharpness after the other, each for a number of epochs. */
export type Steps = readonly (readonly [k: number, epochs: number])[];

/** Returns the same sharpness for weights and activations. */
export function pushTogether(steps: Steps): readonly SchedulePhase[] {
  return steps.map(([k, epochs]) => ({ kWeight: k, kActivation: k, epochs }));
}

/**
 * Returns a sharpness for weights and one for activations, each by steps of its own.
 * @throws ModelError `model.bad-value` if one has more epochs
 */
export function pushApart(weights: Steps, activations: Steps): readonly SchedulePhase[] {
  const epochs = (steps: Steps): number[] => steps.flatMap(([k, count]) => Array<number>(count).fill(rounded(k)));
  const [forWeights, forActivations] = [epochs(weights), epochs(activations)];
  const details = { weights: forWeights.length, activations: forActivations.length };
  if (details.weights !== details.activations) {
    const message = `The steps are of ${details.weights} epochs for weights and ${details.activations} for activations: make them as many.`;
    throw new ModelError('bad-value', message, details);
  }
  return phasesTrained(forWeights.map((kWeight, index) => ({ kWeight, kActivation: forActivations[index] })));
}

const rounded = (k: number): number => Number(k.toPrecision(3));

/** Returns one epoch at each of `epochs` sharpnesses, from `first` on by one factor, the last just before `end`. */
export function rise(first: number, end: number, epochs: number): Steps {
  return Array.from({ length: epochs }, (_, index) => [first * (end / first) ** (index / epochs), 1] as const);
}

/**
 * Makes a schedule for latent weights with a bound behind batch normalisation. The bound shrinks with k, and the rate
 * with it, as k^-1.5; the activations' sharpness follows the weights' slowly, 1.5 k^0.6, because normalised sums need
 * less.
 *
 * @param steps sharpness of the weights and epochs, the first at k = 3
 * @param initial learning rate at k = 3
 */
export function boundedSchedule(steps: Steps, initial: number): FixedSchedule {
  return {
    phases: steps.map(([k, epochs]) => ({ kWeight: rounded(k), kActivation: rounded(1.5 * k ** 0.6), epochs })),
    learningRate: { initial, k0: 3, power: 1.5, follows: 'kWeight' },
  };
}

/**
 * Returns the same schedule, its activations sharp long before its weights are: their sharpness rises by one factor an
 * epoch, from what it is after `after` epochs to 999 within `epochs` more. For activations with a bound on the
 * sharpness of their gradient.
 */
export function activationsAhead(
  schedule: FixedSchedule,
  { after, epochs }: { readonly after: number; readonly epochs: number },
): FixedSchedule {
  const plans = expandSchedule(schedule);
  const start = plans[after - 1].kActivation;
  const ahead = plans.map(({ epoch, kWeight, kActivation }): Sharpness => {
    const part = Math.min(1, (epoch - after) / epochs);
    return { kWeight, kActivation: part <= 0 ? kActivation : Number((start * (999 / start) ** part).toPrecision(3)) };
  });
  return { ...schedule, phases: phasesTrained(ahead) };
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
