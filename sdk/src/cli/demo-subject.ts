import type { Command } from 'commander';
import { openProject, type DemoOptions, type Following } from '../workflow/index.js';
import { recipeNamed } from './parse.js';
import { overridesIn } from './project.js';
import type { TrainFlags } from './training-folder.js';

export interface DemoFlags extends Omit<TrainFlags, 'json'> {
  readonly port: string;
  readonly baud?: number;
  readonly boards?: string;
  readonly digits: number;
  readonly json?: string | true;
}

/** Returns the recipe that was named, or what the config says, but for flags that were given. */
export async function demoSubject(
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
