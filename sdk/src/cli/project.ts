/** What a command takes from the project in whose folder it runs. */
import { Option, type Command } from 'commander';
import { resolve } from 'node:path';
import { findConfig, loadProject } from '../project/load-config.js';
import { exampleVectors } from '../train/datasets/dataset.js';
import { loadDataOf, placesOf } from '../workflow/project/open-project.js';
import type { DataSource, Following, OpenProjectOptions } from '../workflow/index.js';

export const configOption = (): Option =>
  new Option('--config <file>', 'the config of a project (default: adiabit.config.* in this folder, if there is one)');

export const epochsOption = (parse: (text: string) => number): Option =>
  new Option('--epochs <n>', 'another number of epochs, the sharpness rising alike').argParser(parse);

export const setOption = (): Option =>
  new Option(
    '--set <path=value>',
    'change the recipe, such as network.layers.0.units=64; may be given more than once',
  ).argParser((one: string, before: readonly string[] | undefined) => [...(before ?? []), one]);

/**
 * Returns the config that a command works by: the one that is named or, if it was given none of the options that mean something else, the
 * one in this folder. Ends the command if it was given both.
 * @param others options that make no sense with a config
 */
export async function configFor(
  command: Command,
  { config }: { readonly config?: string },
  others: readonly string[],
): Promise<string | undefined> {
  const given = others.find((name) => command.getOptionValueSource(name) === 'cli');
  if (config !== undefined && given !== undefined)
    command.error(`error: --config says what --${given} would: leave one of them out`, { exitCode: 2 });
  return config ?? (given === undefined ? await findConfig() : undefined);
}

/** Returns the flags that were given and say otherwise than a config. */
export function overridesIn(
  command: Command,
  flags: NonNullable<OpenProjectOptions['overrides']>,
): NonNullable<OpenProjectOptions['overrides']> {
  const given = (['seed', 'backend', 'threads'] as const).filter(
    (name) => command.getOptionValueSource(name) === 'cli',
  );
  return Object.fromEntries(given.map((name) => [name, flags[name]]));
}

/** A bitstream, and the examples that belong to it. */
export interface CircuitHere {
  readonly bitstream: string;
  /** Loads the project's data if the bitstream is the project's, and no other data were named. */
  readonly data: (following: Following) => Promise<DataSource>;
}

interface CircuitFlags {
  readonly data?: string;
  readonly config?: string;
}

/** Returns the bitstream that was named, or that of the project. Ends the command if there is neither. */
export async function circuitHere(
  command: Command,
  named: string | undefined,
  flags: CircuitFlags,
): Promise<CircuitHere> {
  const config = flags.config ?? (await findConfig());
  if (config === undefined) {
    if (named === undefined)
      return command.error(
        "error: missing required argument 'bitstream': name a .abit file, or go to the folder of a project",
        { exitCode: 2 },
      );
    return { bitstream: named, data: () => Promise.resolve(flags.data) };
  }
  const project = await loadProject(config);
  const own = placesOf(project).bitstream;
  const isOwn = named === undefined || resolve(named) === own;
  const data = (following: Following): Promise<DataSource> =>
    flags.data === undefined && (isOwn || flags.config !== undefined)
      ? loadDataOf(project, following)
      : Promise.resolve(flags.data);
  return { bitstream: named ?? own, data };
}

/** A model, and the golden inputs that belong to it. */
export interface ModelHere {
  readonly model: string;
  /** Loads those that "adiabit build" takes, if the model is the project's, and no other data were named. */
  readonly golden: (following: Following) => Promise<{ readonly golden?: readonly Uint8Array[] }>;
}

/** Returns the model that was named, or that of the project. Ends the command if there is neither. */
export async function modelHere(command: Command, named: string | undefined, flags: CircuitFlags): Promise<ModelHere> {
  const config = flags.config ?? (named === undefined ? await findConfig() : undefined);
  if (config === undefined) {
    if (named === undefined)
      return command.error(
        "error: missing required argument 'model': name a .model.json file, or go to the folder of a project",
        { exitCode: 2 },
      );
    return { model: named, golden: () => Promise.resolve({}) };
  }
  const project = await loadProject(config);
  const golden: ModelHere['golden'] = async (following) => {
    if (flags.data !== undefined) return {};
    const { validation } = await loadDataOf(project, following);
    return { golden: exampleVectors(validation, project.config.golden) };
  };
  return { model: named ?? placesOf(project).model, golden };
}
