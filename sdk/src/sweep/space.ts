/** The search space as data: what a place of the recipe may hold, and where on [0, 1) a value lies. */
import type { Choice, Range, SearchSpace, SpaceValue } from '../project/sweep-config.js';

/** Values by their paths in the recipe. */
export type Point = Readonly<Record<string, SpaceValue>>;

export const isChoice = (dimension: Choice | Range): dimension is Choice => 'values' in dimension;

/** A step that ends beyond `to` by a rounding error still counts. */
const STEP_SLACK = 1e-9;

const stepsIn = ({ from, to }: Range, step: number): number => Math.floor((to - from) / step + STEP_SLACK);

/** Returns what a number is after rounding errors of its steps are taken off. */
const tidy = (value: number): number => Number(value.toPrecision(12));

/** Returns the values of a dimension in order; undefined if there are endlessly many. */
export function valuesOf(dimension: Choice | Range): readonly SpaceValue[] | undefined {
  if (isChoice(dimension)) return dimension.values;
  const { from, step } = dimension;
  if (step === undefined) return undefined;
  return Array.from({ length: stepsIn(dimension, step) + 1 }, (_, index) => tidy(from + index * step));
}

/** Returns how many points a grid has; undefined if it is endless. */
export function gridSize(space: SearchSpace): number | undefined {
  return Object.values(space).reduce<number | undefined>((size, dimension) => {
    const values = valuesOf(dimension);
    return size === undefined || values === undefined ? undefined : size * values.length;
  }, 1);
}

/** Returns every combination of the values; the last dimension changes first. @throws RangeError for an endless dimension */
export function gridOf(space: SearchSpace): readonly Point[] {
  return Object.entries(space).reduce<readonly Point[]>(
    (points, [path, dimension]) => {
      const values = valuesOf(dimension);
      if (values === undefined) throw new RangeError(`${path} has endlessly many values.`);
      return points.flatMap((point) => values.map((value) => ({ ...point, [path]: value })));
    },
    [{}],
  );
}

/** Returns where on the axis of a range [0, 1) begins and ends, logarithmic where the scale is. */
function endsOf(range: Range): readonly [low: number, high: number] {
  const { from, to, step, scale } = range;
  if (scale === 'log') return [Math.log(from), Math.log(to)];
  // Each allowed number has a neighbourhood as wide as a step.
  return step === undefined ? [from, to] : [from - step / 2, from + (stepsIn(range, step) + 0.5) * step];
}

/** Returns the value of a dimension at a place in [0, 1). */
export function valueAt(dimension: Choice | Range, place: number): SpaceValue {
  if (isChoice(dimension)) {
    const { values } = dimension;
    return values[Math.min(values.length - 1, Math.floor(place * values.length))];
  }
  const { from, to, step, scale } = dimension;
  const [low, high] = endsOf(dimension);
  const on = low + place * (high - low);
  const value = Math.min(to, Math.max(from, scale === 'log' ? Math.exp(on) : on));
  if (step === undefined) return tidy(value);
  return tidy(from + Math.min(stepsIn(dimension, step), Math.round((value - from) / step)) * step);
}

/** Returns the place in [0, 1) of a value of a dimension. */
export function placeOf(dimension: Choice | Range, value: SpaceValue): number {
  if (isChoice(dimension)) {
    const { values } = dimension;
    return (values.findIndex((one) => JSON.stringify(one) === JSON.stringify(value)) + 0.5) / values.length;
  }
  const [low, high] = endsOf(dimension);
  const on = dimension.scale === 'log' ? Math.log(Number(value)) : Number(value);
  return high === low ? 0 : Math.min(1 - Number.EPSILON, Math.max(0, (on - low) / (high - low)));
}
