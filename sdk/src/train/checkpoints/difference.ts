/** The first place where two JSON values differ. */
export interface Difference {
  /** Dotted, for example `recipe.schedule.phases.0.epochs`. */
  readonly path: string;
  readonly left: string;
  readonly right: string;
}

/** Finds the first difference, depth first: keys in the order of `left`, then those only `right` has. */
export function firstDifference(left: unknown, right: unknown, path = ''): Difference | undefined {
  if (!isContainer(left) || !isContainer(right)) {
    return left === right ? undefined : { path, left: print(left), right: print(right) };
  }
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const found = firstDifference(left[key], right[key], path === '' ? key : `${path}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isContainer(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function print(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
