import type { Command } from 'commander';
import { modesOfRecipe } from '../reproduce/modes-of-recipe.js';
import type { BackendName } from '../train/backends/names.js';
import type { BinarizationMode } from '../train/network/network.js';
import { recipeFamilies } from '../train/recipes/families.js';
import { openProject, type Following, type ReproduceOptions } from '../workflow/index.js';
import { overridesIn } from './project.js';

export interface ReproduceFlags {
  readonly config?: string;
  readonly modes: readonly BinarizationMode[];
  readonly seeds: readonly number[];
  readonly data?: string;
  readonly normalize: boolean;
  readonly out: string;
  readonly backend: BackendName | 'auto';
  readonly threads?: number;
  readonly json?: boolean;
}

/** What is trained in every mode. */
export type ReproduceSubject = Pick<ReproduceOptions, 'families' | 'data' | 'backend' | 'threads'>;

/** Returns the network of a project with its data. */
export async function projectInModes(
  config: string,
  command: Command,
  flags: ReproduceFlags,
  following: Following,
): Promise<ReproduceSubject> {
  const opened = await openProject({ config, overrides: overridesIn(command, flags), ...following });
  const { recipe, notes } = opened.fitted;
  notes.forEach((note) => following.observer?.onNote?.(note));
  const { config: said } = opened.project;
  const families = [modesOfRecipe({ ...recipe, name: said.name })];
  return { families, data: opened.dataset, backend: said.backend, threads: said.threads };
}

/** Returns the families that were named. */
export const familiesNamed = (names: readonly string[], flags: ReproduceFlags): ReproduceSubject => ({
  ...flags,
  families: recipeFamilies.filter(({ name }) => names.includes(name)),
});
