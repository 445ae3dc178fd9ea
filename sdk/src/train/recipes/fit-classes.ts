import { ModelError } from '@adiabit/simulator/errors';
import type { Recipe } from './recipes.js';

/**
 * Returns the recipe with as many outputs in its last layer as there are classes.
 *
 * @throws ModelError `model.unsupported-layer` when the last layer is not dense
 */
export function withClasses(recipe: Recipe, classes: number): Recipe {
  const { network } = recipe;
  const last = network.layers.at(-1);
  if (last === undefined || (last.kind !== undefined && last.kind !== 'dense')) {
    const message = `Network '${network.name}' does not end in a dense layer, so it cannot be given ${classes} classes.`;
    throw new ModelError('unsupported-layer', message, { network: network.name });
  }
  if (last.units === classes) return recipe;
  return { ...recipe, network: { ...network, layers: [...network.layers.slice(0, -1), { ...last, units: classes }] } };
}
