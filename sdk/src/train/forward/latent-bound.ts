import type { Layer } from '../network/layers.js';
import type { NetworkParameters } from '../network/parameters.js';

/**
 * Returns the largest |w| that a layer's latent weights may have, Infinity for any: its bound over k and its own
 * sharpness. A tanh is flat far from 0: a weight that has gone there gets no gradient and never turns again, however
 * long training lasts. With a bound of 3 a weight at its end is at tanh(3) = 0.995 of its sign and still has a
 * hundredth of the largest gradient. (BinaryConnect bounds its weights for the same end: M. Courbariaux, Y. Bengio,
 * J.-P. David, 2015.)
 *
 * @param kWeight the sharpness in use; a layer's own sharpness is a factor of it
 */
export function latentLimit(layer: Layer, kWeight: number): number {
  return 'latentBound' in layer && layer.binaryWeights ? layer.latentBound / (kWeight * layer.sharpness) : Infinity;
}

/** Moves the latent weights beyond their layer's limit back to it, in place. */
export function boundLatents(layers: readonly Layer[], parameters: NetworkParameters, kWeight: number): void {
  layers.forEach((layer, index) => {
    const limit = latentLimit(layer, kWeight);
    if (limit === Infinity) return;
    const { kernel } = parameters[index];
    for (let weight = 0; weight < kernel.length; weight++) {
      if (kernel[weight] > limit) kernel[weight] = limit;
      else if (kernel[weight] < -limit) kernel[weight] = -limit;
    }
  });
}
