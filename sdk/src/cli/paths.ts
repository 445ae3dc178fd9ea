import { stat } from 'node:fs/promises';
import { basename, resolve, sep } from 'node:path';
import type { Command } from 'commander';
import { followLinks, placeOf } from '../files/places.js';
import { isDataFile } from '../train/datasets/data-files.js';

/** The paths of a command, each by what the user calls it; those left out are undefined. */
export interface CommandPaths {
  readonly inputs: Readonly<Record<string, string | undefined>>;
  readonly outputs: Readonly<Record<string, string | undefined>>;
  /** The folder of the data, if there is one. */
  readonly data?: string | undefined;
  /** Whether the command prints its result as JSON, too. */
  readonly json?: boolean | undefined;
}

interface Named {
  readonly name: string;
  readonly path: string;
  /** The path that it leads to, with links resolved. */
  readonly target: string;
  /** Device and inode of a file that is there: hard links share them. */
  readonly inode: string | undefined;
  /** Whatever is written to a character device (`/dev/null`) clashes with nothing. */
  readonly isDevice: boolean;
}

/**
 * Ends the command with exit code 2, before anything is written, if one of its outputs is one of its inputs or another
 * output, also through links and hard links, or a file of its data.
 * @returns whether an output goes to standard output, which then is no place for words
 */
export async function refuseClashes(command: Command, { inputs, outputs, data, json }: CommandPaths): Promise<boolean> {
  const refuse = (sentence: string): never => command.error(`error: ${sentence}`, { exitCode: 2 });
  const read = await allNamed(inputs);
  const written = await allNamed(outputs);
  const folder = data === undefined ? undefined : await targetOf(data);
  for (const [index, output] of written.entries()) {
    const { name, path, target } = output;
    const input = read.find((one) => isSame(one, output));
    if (input !== undefined) refuse(`${name} would write over ${input.name}, ${input.path}. Name another file.`);
    const other = written.slice(0, index).find((one) => isSame(one, output));
    if (other !== undefined) refuse(`${other.name} and ${name} name one file, ${path}. Name two.`);
    if (
      folder !== undefined &&
      output.inode !== undefined &&
      target.startsWith(folder + sep) &&
      isDataFile(basename(target))
    )
      refuse(`${name} would write over ${path}, a file of the data. Name another file.`);
  }
  const places = await Promise.all(written.map(({ path }) => placeOf(path).catch(() => undefined)));
  const onStdout = places.findIndex((place) => place?.kind === 'open' && place.descriptor === 1);
  if (onStdout >= 0 && json === true)
    refuse(`--json and ${written[onStdout].name} both go to standard output. Name a file for one of them.`);
  return onStdout >= 0;
}

const isSame = (left: Named, right: Named): boolean =>
  !left.isDevice && (left.target === right.target || (left.inode !== undefined && left.inode === right.inode));

const allNamed = (paths: CommandPaths['inputs']): Promise<readonly Named[]> =>
  Promise.all(Object.entries(paths).flatMap(([name, path]) => (path === undefined ? [] : [describe(name, path)])));

async function describe(name: string, path: string): Promise<Named> {
  const target = await targetOf(path);
  const found = await stat(target, { bigint: true }).catch(() => undefined);
  return {
    name,
    path,
    target,
    inode: found && `${found.dev}:${found.ino}`,
    isDevice: found?.isCharacterDevice() ?? false,
  };
}

/**
 * Resolves the links of a path. A path that cannot be followed, because a folder is missing, is returned as it is:
 * opening it will say so.
 */
const targetOf = (path: string): Promise<string> => followLinks(path).catch(() => resolve(path));
