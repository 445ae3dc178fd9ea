/** The training of a trial: which changes of the project's recipe it is made of, and its id. */
import { projectRecipe } from '../project/recipe.js';
import { withChanges, type RecipeChanges } from '../project/settings.js';
import type { BinarizationMode } from '../train/network/network.js';
import { digestOfTraining, exampleFormIn, type OpenedProject } from '../workflow/project/open-project.js';
import type { Identify } from './plan.js';
import type { Point } from './space.js';

/** Returns what a trial changes in the recipe. Polishing moves bits, so only networks of bits keep it. */
export function changesOf(point: Point, mode: BinarizationMode | undefined, epochs: number | undefined): RecipeChanges {
  const values = Object.entries(point).map(([path, value]) => `${path}=${JSON.stringify(value)}`);
  const modes = mode === undefined ? [] : [`network.mode="${mode}"`, ...(mode === 'both' ? [] : ['polish=null'])];
  return { set: [...values, ...modes], epochs };
}

/** Makes the function that gives a training its id. It remembers ids, because a plan is made again after every outcome. */
export function createIdentify(opened: OpenedProject, epochs: number | undefined): Identify {
  const { project, dataset, sources, digests } = opened;
  const recipe = projectRecipe(project.config, exampleFormIn(dataset));
  const known = new Map<string, string>();
  return ({ point, mode, seed }) => {
    const key = JSON.stringify([point, mode, seed]);
    const before = known.get(key);
    if (before !== undefined) return before;
    const changed = withChanges(recipe, changesOf(point, mode, epochs));
    const { normalize } = sources;
    const id = digestOfTraining({ ...project.config, recipe: changed, seed, normalize, digests });
    known.set(key, id);
    return id;
  };
}
