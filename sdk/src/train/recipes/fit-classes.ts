import { ModelError } from '@adiabit/simulator/errors';
import type { LayerSpec } from '../network/layer-specs.js';
import type { Recipe } from './recipes.js';

/**
 * Returns the recipe with as many outputs in its last layer as there are classes. Tables before sums of groups become
 * fewer, if need be, so that every class has as many.
 *
 * @throws ModelError `model.unsupported-layer` when the last layer is neither dense nor sums of groups
 */
export function withClasses(recipe: Recipe, classes: number): Recipe {
  const { network } = recipe;
  const last = network.layers.at(-1);
  if (last?.kind === 'group-sum') {
    if (last.classes === classes) return recipe;
    const layers = network.layers.map((layer, index): LayerSpec => {
      if (layer.kind !== 'logic' || index < network.layers.length - 2) return layer;
      return { ...layer, tables: Math.max(1, Math.floor(layer.tables / classes)) * classes };
    });
    return { ...recipe, network: { ...network, layers: [...layers.slice(0, -1), { ...last, classes }] } };
  }
  if (last === undefined || (last.kind !== undefined && last.kind !== 'dense')) {
    const message = `Network '${network.name}' does not end in a dense layer or in sums of groups, so it cannot be given ${classes} classes.`;
    throw new ModelError('unsupported-layer', message, { network: network.name });
  }
  if (last.units === classes) return recipe;
  return { ...recipe, network: { ...network, layers: [...network.layers.slice(0, -1), { ...last, units: classes }] } };
}
