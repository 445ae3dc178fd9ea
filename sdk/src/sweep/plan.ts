/**
 * The scheduler: which trials a sweep has and which may begin, as a pure function of the sweep and of what came out so far. A sweep has
 * no other state, so it can be stopped and resumed anywhere, and the trials do not depend on the number of workers.
 *
 * Where later trials depend on earlier ones (Bayesian search, early stopping), points come in rounds, and a round depends on all trials
 * of the rounds up to the last but one. So workers that run out of trials of one round begin with the next.
 */
import { Random } from '../random.js';
import type { Search } from '../project/sweep-config.js';
import type { BinarizationMode } from '../train/network/network.js';
import type { CheckedSweep } from './config.js';
import { hurdlesOf, type Hurdles } from './median-rule.js';
import type { TrialOutcome } from './messages.js';
import { suggest } from './parzen.js';
import { gridOf, valueAt, type Point } from './space.js';

/** One training of a sweep. */
export interface Trial {
  /** The digest of all that decides the training. */
  readonly id: string;
  /** Counted from 1. */
  readonly number: number;
  readonly round: number;
  readonly point: Point;
  readonly mode?: BinarizationMode;
  readonly seed: number;
}

export interface Plan {
  /** The trials that are known so far: all of them, if nothing depends on outcomes to come. No two have one id. */
  readonly trials: readonly Trial[];
  /** Those that may begin or have begun. */
  readonly open: readonly Trial[];
  /** Whether no outcome to come adds trials. */
  readonly isWhole: boolean;
  /** How many trials there will be; those of equal points are not known before they are drawn. */
  readonly atMost: number;
}

export type Outcomes = ReadonlyMap<string, TrialOutcome>;

/** Returns the id of a training. */
export type Identify = (training: Pick<Trial, 'point' | 'mode' | 'seed'>) => string;

const ROUND_POINTS = 8;
/** A round knows the outcomes of the rounds that are this much older. */
const ROUNDS_BEHIND = 2;
const INITIAL_POINTS = 10;

/** Plans a sweep. */
export function planOf(sweep: CheckedSweep, identify: Identify, outcomes: Outcomes): Plan {
  const learns = sweep.search.kind === 'bayesian' || sweep.earlyStopping !== undefined;
  const { search, space } = sweep;
  const grid = search.kind === 'grid' ? gridOf(space) : [];
  const points = search.kind === 'grid' ? grid.length : search.points;
  const roundPoints = learns ? ROUND_POINTS : points;
  const trials: Trial[] = [];
  const ids = new Set<string>();
  const pointsTried: { readonly round: number; readonly point: Point; readonly ids: readonly string[] }[] = [];
  const isDone = (id: string): boolean => outcomes.has(id);
  let isWhole = true;
  for (let round = 0; round * roundPoints < points; round++) {
    const known = pointsTried.filter((one) => one.round <= round - ROUNDS_BEHIND);
    isWhole = known.every((one) => one.ids.every(isDone));
    if (!isWhole) break;
    const tried = known.map((one) => ({ point: one.point, score: scoreOf(one.ids, outcomes) }));
    for (let index = round * roundPoints; index < Math.min(points, (round + 1) * roundPoints); index++) {
      const point = grid.at(index) ?? drawnPoint(sweep, index, tried);
      const trainings = trainingsOf(sweep, point).map((training) => ({ ...training, id: identify(training) }));
      pointsTried.push({ round, point, ids: trainings.map(({ id }) => id) });
      for (const training of trainings) {
        if (ids.has(training.id)) continue;
        ids.add(training.id);
        trials.push({ ...training, round, number: trials.length + 1 });
      }
    }
  }
  return {
    trials,
    open: trials.filter(({ id }) => !isDone(id)),
    isWhole,
    atMost: isWhole ? trials.length : points * (sweep.modes?.length ?? 1) * sweep.seeds.length,
  };
}

/** Returns what a trial must reach after each epoch; undefined if nothing gives it up. */
export function hurdlesFor(trial: Trial, sweep: CheckedSweep, { trials }: Plan, outcomes: Outcomes): Hurdles | undefined {
  if (sweep.earlyStopping === undefined) return undefined;
  const before = trials.filter(({ round }) => round <= trial.round - ROUNDS_BEHIND);
  return hurdlesOf(before.map(({ id }) => outcomes.get(id)?.history ?? []), sweep.earlyStopping);
}

function drawnPoint(
  { search, space }: CheckedSweep,
  index: number,
  tried: readonly { readonly point: Point; readonly score: number }[],
): Point {
  const random = randomOf(search, index);
  if (search.kind === 'bayesian' && tried.length > 0 && index >= (search.initial ?? INITIAL_POINTS))
    return suggest(space, tried, random);
  return Object.fromEntries(
    Object.entries(space).map(([path, dimension]) => [path, valueAt(dimension, random.uniform())]),
  );
}

const randomOf = (search: Search, index: number): Random =>
  Random.fromSeed(search.kind === 'grid' ? 1 : (search.seed ?? 1), `point ${index}`);

const trainingsOf = ({ modes, seeds }: CheckedSweep, point: Point) =>
  (modes ?? [undefined]).flatMap((mode) =>
    seeds.map((seed) => (mode === undefined ? { point, seed } : { point, mode, seed })),
  );

/** Returns the mean validation accuracy of a point's trials; those that failed count as 0. */
const scoreOf = (ids: readonly string[], outcomes: Outcomes): number =>
  ids.reduce((sum, id) => sum + (outcomes.get(id)?.validationAccuracy ?? 0), 0) / ids.length;
