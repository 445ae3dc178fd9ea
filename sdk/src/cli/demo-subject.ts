import type { Command } from 'commander';
import { demoFiles, openProject, type DemoOptions, type Following } from '../workflow/index.js';
import { recipeNamed } from './parse.js';
import { refuseClashes } from './paths.js';
import { overridesIn } from './project.js';
import type { TrainFlags } from './training-folder.js';

export interface DemoFlags extends Omit<TrainFlags, 'json'> {
  readonly port: string;
  readonly baud?: number;
  readonly boards?: string;
  readonly digits: number;
  readonly json?: string | true;
}

/** Returns what a demo is of, where it runs and where its files go. Ends the command if one of them would replace another. */
export async function demoOptions(
  config: string | undefined,
  flags: DemoFlags,
  command: Command,
  following: Following,
): Promise<DemoOptions> {
  const { out: folder, port, baud: baudRate, boards, digits: inferences, data, json } = flags;
  const subject = await demoSubject(config, flags, command, following);
  const jsonFile = typeof json === 'string' ? json : undefined;
  await refuseClashes(command, {
    inputs: {},
    data,
    outputs: { ...demoFiles(folder, subject.recipe), '--json': jsonFile },
  });
  return { ...flags, ...subject, folder, inferences, place: { port, baudRate, boards } };
}

/** Returns the recipe that was named, or what the config says, but for flags that were given. */
async function demoSubject(
  config: string | undefined,
  flags: DemoFlags,
  command: Command,
  following: Following,
): Promise<Pick<DemoOptions, 'recipe' | 'data' | 'seed' | 'backend' | 'threads'>> {
  if (config === undefined) return { ...flags, recipe: recipeNamed(flags.recipe) };
  const opened = await openProject({ config, overrides: overridesIn(command, flags), ...following });
  const { seed, backend, threads } = opened.project.config;
  return { recipe: opened.fitted.recipe, data: opened.dataset, seed, backend, threads };
}
