import { resolve } from 'node:path';
import { withChanges } from '../project/settings.js';
import type { Recipe } from '../train/recipes/recipes.js';
import { openRecipe, type Following } from '../workflow/index.js';
import { recipeNamed } from './parse.js';

export interface SummaryFlags {
  readonly config?: string;
  readonly recipe?: string;
  readonly set?: readonly string[];
  readonly board: readonly string[];
  readonly boards?: string;
  readonly json?: boolean;
}

/** What a summary is of. */
export interface SummarySubject {
  readonly recipe: Recipe;
  /** Boards of the config. */
  readonly targets: readonly string[];
  /** The folder of more boards. */
  readonly boards?: string | undefined;
}

/** Returns the recipe that was named, or that of the project. */
export async function summarySubject(
  config: string | undefined,
  { recipe: name, set, boards }: SummaryFlags,
  following: Following,
): Promise<SummarySubject> {
  if (name !== undefined) return { recipe: withChanges(recipeNamed(name), { set }), targets: [], boards };
  const { project, recipe } = await openRecipe({ config, set, ...following });
  const { boards: targets, boardsFolder } = project.config.targets;
  const folder = boardsFolder === undefined ? boards : resolve(project.folder, boardsFolder);
  return { recipe, targets, boards: folder };
}
