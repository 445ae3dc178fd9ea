import { parseArgs } from 'node:util';

/**
 * Options of a script that is no command of `adiabit`, as `parse` (`parseArgs`) gives them. `--help` prints `usage` and ends
 * the process; wrong usage prints what is wrong and ends it with 2, as the commands do.
 */
export function scriptFlags<T>(usage: string, parse: () => { readonly values: T }): T {
  if (process.argv.includes('--help')) {
    console.log(usage);
    process.exit(0);
  }
  try {
    return parse().values;
  } catch (error) {
    console.error(`error: ${(error as Error).message}\n${usage}`);
    process.exit(2);
  }
}

/**
 * `--json FILE` and `--board ID`: where rows go, and the boards to measure, all of `boards` unless one is named. `--boards DIR` is
 * read by scripts that take more boards than come with Adiabit.
 */
export function boardFlags<Id extends string>(
  usage: string,
  boards: readonly Id[],
): { readonly json: string | undefined; readonly boards: readonly Id[] } {
  const { json, board } = scriptFlags(usage, () => {
    const parsed = parseArgs({
      options: { json: { type: 'string' }, board: { type: 'string' }, boards: { type: 'string' } },
    });
    const { board: named } = parsed.values;
    if (named !== undefined && !boards.some((id) => id === named))
      throw new Error(`There is no board '${named}' here; these are measured: ${boards.join(', ')}.`);
    return parsed;
  });
  return { json, boards: boards.filter((id) => board === undefined || id === board) };
}
