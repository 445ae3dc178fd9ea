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
