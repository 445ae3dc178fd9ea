import type { Recipe } from '../train/recipes/recipes.js';
import { findRecipe } from '../train/recipes/families.js';
import { issuesOfRecipe, type RecipeIssue } from '../train/recipes/recipe-file.js';
import { defaultAdam } from '../train/learning/adam.js';
import { product } from '../train/network/layers.js';
import type { ProjectConfig, ProjectRecipe } from './config.js';
import type { ExampleForm } from './data.js';

/** Bits of an example's values: they are bytes. */
const INPUT_BITS = 8;
/** Layers that take values in any shape. */
const SHAPELESS = ['normalize', 'standardize', 'mu-law', 'batch-norm', 'dropout', 'activation'];

/** Returns the recipe of a config, with all that follows from the data. Names that ship are known to be there. */
export function projectRecipe({ name, recipe }: Pick<ProjectConfig, 'name' | 'recipe'>, example: ExampleForm): Recipe {
  if (typeof recipe !== 'string') return completed(name, recipe, example);
  const found = findRecipe(recipe);
  if (found === undefined) throw new RangeError(`There is no recipe "${recipe}".`);
  return found;
}

function completed(name: string, recipe: ProjectRecipe, example: ExampleForm): Recipe {
  const { description = '', adam = defaultAdam, network, ...rest } = recipe;
  return {
    name,
    description,
    adam,
    ...rest,
    network: {
      name,
      ...inputsFor(network.layers, example),
      divisor: 2 ** (network.inputBits ?? INPUT_BITS) - 1,
      ...network,
    },
  };
}

/** Returns what the inputs of a network are for examples: plain values where its first layer is dense, else a picture or a line. */
export function inputsFor(layers: ProjectRecipe['network']['layers'], { kind, shape }: ExampleForm) {
  const first = layers.find((layer) => !SHAPELESS.includes(layer.kind ?? 'dense'))?.kind ?? 'dense';
  const hasChannels = shape.length === 3 || (kind === undefined && shape.length === 2);
  return {
    inputs: product(shape),
    ...(first === 'dense' ? {} : { inputShape: hasChannels ? shape : [...shape, 1] }),
    inputBits: INPUT_BITS,
  };
}

/** Checks the recipe of a config as far as it can be known before the data are loaded. */
export function issuesOfProjectRecipe(
  config: Pick<ProjectConfig, 'name' | 'recipe'>,
  example: ExampleForm | undefined,
): readonly RecipeIssue[] {
  const { recipe } = config;
  if (typeof recipe === 'string') {
    if (findRecipe(recipe) !== undefined) return [];
    const message = `there is no recipe "${recipe}"; "adiabit recipe" lists those that ship`;
    return [{ path: 'recipe', message }];
  }
  if (example === undefined) return [];
  return issuesOfRecipe(projectRecipe(config, example)).map(({ path, message }) => ({
    path: path === '' ? 'recipe' : `recipe.${path}`,
    message,
  }));
}
