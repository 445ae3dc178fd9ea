import { readRecipe } from '../train/recipes/recipe-file.js';
import type { Recipe } from '../train/recipes/recipes.js';
import { withEpochs } from '../train/recipes/with-epochs.js';
import { ProjectError } from './errors.js';

/** Quick changes of a recipe. */
export interface RecipeChanges {
  /** Another number of epochs: see `withEpochs`. */
  readonly epochs?: number | undefined;
  /** Settings such as `network.layers.0.units=64`, in this order; `null` takes one away. */
  readonly set?: readonly string[] | undefined;
}

type Container = Record<string, unknown>;

/**
 * Returns the recipe with some changes.
 * @throws ProjectError `project.bad-config` for a path that is not there, or a value that cannot stand there; ModelError as
 * `withEpochs` does
 */
export function withChanges(recipe: Recipe, { epochs, set = [] }: RecipeChanges): Recipe {
  const changed = set.length === 0 ? recipe : withSettings(recipe, set);
  return epochs === undefined ? changed : withEpochs(changed, epochs);
}

function withSettings(recipe: Recipe, settings: readonly string[]): Recipe {
  const copy = JSON.parse(JSON.stringify(recipe)) as Container;
  for (const setting of settings) change(copy, setting);
  const { recipe: changed, issues } = readRecipe(JSON.stringify(copy));
  if (changed !== undefined) return changed;
  const why = issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ');
  throw refusal(`With ${settings.join(' and ')} the recipe "${recipe.name}" cannot be trained: ${why}.`);
}

function change(recipe: Container, setting: string): void {
  const at = setting.indexOf('=');
  if (at < 1) throw refusal(`"${setting}" is no setting: write PATH=VALUE, such as network.layers.0.units=64.`);
  // As in a config, or in a recipe alone.
  const keys = setting
    .slice(0, at)
    .replace(/^recipe\./, '')
    .split('.');
  const last = keys.pop() ?? '';
  let place = recipe;
  for (const [depth, key] of keys.entries()) {
    const next = place[key];
    if (typeof next !== 'object' || next === null) throw refusal(notThere(setting, keys.slice(0, depth), key, place));
    place = next as Container;
  }
  if (Array.isArray(place) && !(last in place)) throw refusal(notThere(setting, keys, last, place));
  const value = valueOf(setting.slice(at + 1));
  if (value === null && !Array.isArray(place)) Reflect.deleteProperty(place, last);
  else place[last] = value;
}

/** Reads a value as JSON or, if it is none, as the text that it is. */
function valueOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function notThere(setting: string, keys: readonly string[], key: string, place: Container): string {
  const at = keys.length === 0 ? 'the recipe' : keys.join('.');
  const there = Array.isArray(place) ? `entries 0 to ${place.length - 1}` : Object.keys(place).join(', ');
  return `"${setting}": ${at} has no "${key}" to go into; it has ${there}.`;
}

const refusal = (message: string): ProjectError => new ProjectError('bad-config', message, { options: ['set'] });
