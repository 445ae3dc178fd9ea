import { ModelError } from '@adiabit/simulator/errors';
import type { Examples } from '../datasets/dataset.js';
import type { Recipe } from './recipes.js';

/**
 * Returns the recipe with the thresholds of its thermometer learnt from these examples (give the training part alone). They
 * split the values of each channel into levels + 1 parts of equal size, as far as that goes: the first part takes the
 * lowest values until it is nearest to its share, the next one the same of what is left, and so on. So a value that is
 * very frequent, such as the 0 of a dark background, is a part of its own, and the others share the rest.
 *
 * A recipe without a thermometer, or with thresholds that are named, is left as it is.
 */
export function withLearntThresholds(recipe: Recipe, train: Examples): Recipe {
  const { network } = recipe;
  const [first, ...rest] = network.layers;
  if (first.kind !== 'thermometer' || first.levels === undefined || train.count === 0) return recipe;
  const { levels } = first;
  const channels = network.inputShape?.at(-1) ?? network.inputs;
  const values = 2 ** network.inputBits;
  const counts = Array.from({ length: channels }, () => new Uint32Array(values));
  train.values.forEach((value, index) => counts[index % channels][value]++);
  const thresholds = counts.map((of) => splitEqually(of, levels));
  return { ...recipe, network: { ...network, layers: [{ kind: first.kind, thresholds }, ...rest] } };
}

/**
 * Refuses a recipe whose thermometer has not learnt its thresholds yet.
 * @throws ModelError `model.bad-value`
 */
export function checkLearnt({ name, network }: Recipe): void {
  const [first] = network.layers;
  if (first.kind !== 'thermometer' || first.levels === undefined) return;
  const message =
    `Recipe '${name}': its thermometer has no thresholds yet. ` +
    'Take withLearntThresholds(recipe, dataset.train), or name them.';
  throw new ModelError('bad-value', message, { recipe: name, layer: 0 });
}

/**
 * Splits values by their counts.
 * @returns `levels` thresholds in ascending order, all different, from 1 to the largest value
 */
function splitEqually(counts: Uint32Array, levels: number): number[] {
  const present = Array.from(counts.keys()).filter((value) => counts[value] > 0);
  const thresholds: number[] = [];
  let left = counts.reduce((sum, count) => sum + count, 0);
  let part = 0;
  // The last value stays for the last part.
  for (let at = 0; at + 1 < present.length && thresholds.length < levels; at++) {
    part += counts[present[at]];
    const share = left / (levels + 1 - thresholds.length);
    const isNearerThanWithNext = share - part < part + counts[present[at + 1]] - share;
    const mustEnd = present.length - 1 - at <= levels - thresholds.length;
    if (!isNearerThanWithNext && !mustEnd) continue;
    thresholds.push(present[at] + 1);
    left -= part;
    part = 0;
  }
  // With fewer values than parts, the other thresholds are whatever is left; their bits never change.
  for (let value = counts.length - 1; thresholds.length < levels; value--) {
    if (!thresholds.includes(value)) thresholds.push(value);
  }
  return thresholds.sort((one, other) => one - other);
}
