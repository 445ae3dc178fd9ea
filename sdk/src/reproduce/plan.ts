import { recipeOfMode, type FamilyStart, type ModeFamily } from '../train/recipes/families.js';
import { binarizationModes, type BinarizationMode } from '../train/network/network.js';
import type { Recipe } from '../train/recipes/recipes.js';

export interface PlannedTraining {
  readonly family: ModeFamily;
  readonly mode: BinarizationMode;
  readonly recipe: Recipe;
  readonly seed: number;
  /** The training, with the same seed and earlier in the plan, whose network this one goes on from. */
  readonly start: FamilyStart | undefined;
}

/**
 * Plans one training after the other, all modes of a seed together; modes that others start or learn from are added.
 */
export function planTrainings(
  family: ModeFamily,
  modes: readonly BinarizationMode[],
  seeds: readonly number[],
): readonly PlannedTraining[] {
  const wanted = new Set(
    modes.flatMap((mode) => [
      mode,
      family.starts[mode]?.from ?? mode,
      recipeOfMode(family, mode).softTargets?.from ?? mode,
    ]),
  );
  const ordered = binarizationModes.filter((mode) => wanted.has(mode));
  return [...new Set(seeds)].flatMap((seed) =>
    ordered.map((mode) => ({ family, mode, recipe: recipeOfMode(family, mode), seed, start: family.starts[mode] })),
  );
}
