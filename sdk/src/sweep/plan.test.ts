import { expect, test } from 'vitest';
import type { SweepConfig } from '../project/sweep-config.js';
import type { CheckedSweep } from './config.js';
import { OUTCOME_HEAD, type TrialOutcome } from './messages.js';
import { hurdlesFor, planOf, type Identify, type Plan, type Trial } from './plan.js';

const identify: Identify = ({ point, mode, seed }) => JSON.stringify([point, mode, seed]);
const sweepOf = (config: Partial<SweepConfig>): CheckedSweep => ({
  name: 'test',
  space: { x: { from: 0, to: 1 }, kind: { values: ['a', 'b'] } },
  seeds: [1],
  search: { kind: 'grid' },
  ...config,
});
const grid = { x: { values: [1, 2, 3] } };

/** A trial does the better the nearer x is to 0.7. */
function outcomeOf({ id, point, seed }: Trial): TrialOutcome {
  const accuracy = 1 - Math.abs(Number(point['x']) - 0.7);
  const history = [0.25, 0.5, 0.75, 1].map((part) => part * accuracy);
  return { ...OUTCOME_HEAD, id, point: { ...point }, seed, kind: 'finished', history, validationAccuracy: accuracy };
}

/** Runs a sweep with some workers, which take turns in an order that a number decides. */
function runWith(
  sweep: CheckedSweep,
  workers: number,
  order: number,
): readonly (Trial & { readonly hurdles: string })[] {
  const outcomes = new Map<string, TrialOutcome>();
  const running: Trial[] = [];
  const begun: (Trial & { readonly hurdles: string })[] = [];
  for (let step = 0; step < 1000; step++) {
    const plan = planOf(sweep, identify, outcomes);
    if (plan.isWhole && plan.open.length === 0) return begun.sort((one, other) => one.number - other.number);
    for (const trial of plan.open) {
      if (running.length >= workers || running.includes(trial) || begun.some(({ id }) => id === trial.id)) continue;
      running.push(trial);
      begun.push({ ...trial, hurdles: JSON.stringify(hurdlesFor(trial, sweep, plan, outcomes) ?? null) });
    }
    const [ended] = running.splice((step * order) % running.length, 1);
    outcomes.set(ended.id, outcomeOf(ended));
  }
  throw new Error('The sweep does not end.');
}

const ids = (plan: Plan): readonly string[] => plan.trials.map(({ id }) => id);

test('a grid is planned whole: every point in every mode with every seed', () => {
  const plan = planOf(sweepOf({ space: grid, modes: ['weights', 'both'], seeds: [1, 2] }), identify, new Map());
  expect(plan).toMatchObject({ isWhole: true, atMost: 12 });
  expect(plan.trials.map(({ number }) => number)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
});

test('two points that are one training are one trial', () => {
  const plan = planOf(sweepOf({ space: { x: { values: [1, 2, 1] } } }), identify, new Map());
  expect(plan.trials.map(({ point }) => point['x'])).toEqual([1, 2]);
});

test('trials with an outcome are not open any more', () => {
  const sweep = sweepOf({ space: grid });
  const [first, ...others] = planOf(sweep, identify, new Map()).trials;
  const plan = planOf(sweep, identify, new Map([[first.id, outcomeOf(first)]]));
  expect(plan.open).toEqual(others);
});

test('random points depend on the seed of the search, and nothing else', () => {
  const of = (seed: number) =>
    ids(planOf(sweepOf({ search: { kind: 'random', points: 20, seed } }), identify, new Map()));
  expect(of(1)).toEqual(of(1));
  expect(of(1)).not.toEqual(of(2));
  expect(new Set(of(1)).size).toBe(20);
});

const learning = [
  ['Bayesian search', { search: { kind: 'bayesian', points: 40, initial: 8 } }],
  ['early stopping', { search: { kind: 'random', points: 40 }, earlyStopping: { afterEpochs: 1, minTrials: 3 } }],
  [
    'both, with two seeds',
    { search: { kind: 'bayesian', points: 30 }, earlyStopping: { minTrials: 2 }, seeds: [1, 2] },
  ],
] as const satisfies readonly (readonly [string, Partial<SweepConfig>])[];

test.each(learning)('with %s the trials are the same for any number of workers, whatever ends first', (_, config) => {
  const sweep = sweepOf(config);
  const alone = runWith(sweep, 1, 1);
  expect(runWith(sweep, 5, 3)).toEqual(alone);
  expect(runWith(sweep, 20, 7)).toEqual(alone);
});

test('a round begins while the one before is still running, and waits for the last but one', () => {
  const sweep = sweepOf({ search: { kind: 'bayesian', points: 24 } });
  const plan = planOf(sweep, identify, new Map());
  expect(plan.trials).toHaveLength(16);
  expect(plan).toMatchObject({ isWhole: false, atMost: 24 });
  const done = (count: number) => new Map(plan.trials.slice(0, count).map((trial) => [trial.id, outcomeOf(trial)]));
  expect(planOf(sweep, identify, done(7)).trials).toHaveLength(16);
  expect(planOf(sweep, identify, done(8)).trials).toHaveLength(24);
});

test('later points of a Bayesian search are better than those of a random one', () => {
  const meanOf = (kind: 'bayesian' | 'random') => {
    const later = runWith(sweepOf({ search: { kind, points: 60 } }), 4, 1).slice(30);
    return later.reduce((sum, trial) => sum + outcomeOf(trial).validationAccuracy, 0) / later.length;
  };
  expect(meanOf('bayesian')).toBeGreaterThan(meanOf('random') + 0.1);
});
