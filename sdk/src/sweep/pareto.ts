/** A trial as a point among costs: higher accuracy is better, less of everything else is. */
export interface Weighed {
  readonly accuracy: number;
  readonly costs: readonly number[];
}

/** Tells whether one is nowhere worse than another, and somewhere better. */
export function dominates(one: Weighed, other: Weighed): boolean {
  const costs = one.costs.map((cost, index) => other.costs[index] - cost);
  const gains = [one.accuracy - other.accuracy, ...costs];
  return gains.every((gain) => gain >= 0) && gains.some((gain) => gain > 0);
}

/** Returns those that none of the others dominates, in their order. */
export const paretoFront = <T extends Weighed>(all: readonly T[]): readonly T[] =>
  all.filter((one) => !all.some((other) => dominates(other, one)));
