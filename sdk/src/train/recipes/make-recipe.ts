import { defaultAdam } from '../learning/adam.js';
import type { BinarizationMode, NetworkSpec } from '../network/network.js';
import type { Recipe } from './recipes.js';

const modeNames: Readonly<Record<BinarizationMode, string>> = {
  both: 'binary weights and activations',
  weights: 'binary weights',
  activations: 'binary activations',
  real: 'nothing binary',
};

/** Makes a recipe called like its network; Adam's settings are the usual ones if none are given. */
export function makeRecipe(
  network: NetworkSpec,
  what: string,
  rest: Omit<Recipe, 'name' | 'description' | 'network' | 'adam'> & Pick<Partial<Recipe>, 'adam'>,
): Recipe {
  return {
    name: network.name,
    description: `${what}: ${modeNames[network.mode]}`,
    network,
    adam: defaultAdam,
    ...rest,
  };
}

/**
 * Returns the same network for schedules that train on when it is sharp: latent weights of its convolutions but the
 * first one stay where they can turn, activations keep the gradient of softer ones.
 */
export function bounded(
  network: NetworkSpec,
  { latentBound, gradientSharpness }: { readonly latentBound: number; readonly gradientSharpness: number },
): NetworkSpec {
  const layers = network.layers.map((layer) => {
    const isBounded = layer.kind === 'convolution' || (layer.kind === 'add' && layer.shortcut !== undefined);
    if (isBounded && layer.realIn === undefined) return { ...layer, latentBound };
    return layer.kind === 'activation' ? { ...layer, gradientSharpness } : layer;
  });
  return { ...network, layers };
}

/** Returns a recipe of the authors', beside the one of ours with the same network. */
export function byAuthors(...of: Parameters<typeof makeRecipe>): Recipe {
  const { name, description, ...trained } = makeRecipe(...of);
  return { ...trained, name: `${name}-authors`, description: `${description}, by the authors' schedule` };
}
