import type { Layer } from '../network/layers.js';
import type { NetworkParameters } from '../network/parameters.js';

/**
 * Tells whether weight decay shrinks a layer's weights: those that stay real. What a binary weight keeps is its sign, and how
 * far its latent weight is from 0 is `latentLimit`'s to hold.
 */
export function decays(layer: Layer): boolean {
  return 'binaryWeights' in layer && !layer.binaryWeights;
}

/** Shrinks the weights that stay real by the factor, in place; biases, scales and batch normalisation keep their values. */
export function decayWeights(layers: readonly Layer[], parameters: NetworkParameters, factor: number): void {
  layers.forEach((layer, index) => {
    if (!decays(layer)) return;
    const { kernel } = parameters[index];
    for (let weight = 0; weight < kernel.length; weight++) kernel[weight] *= factor;
  });
}
