import { ModelError } from '@adiabit/simulator/errors';
import { createHash } from 'node:crypto';
import { Random } from '../../random.js';
import type { Layer } from './layers.js';
import { latentFromReal } from './latent-from-real.js';
import { copyParameters, initialParameters, type LayerParameters, type NetworkParameters } from './parameters.js';
import type { TrainedLayer, TrainedNetwork } from './trained-network.js';

/**
 * A trained network to go on from, instead of random weights. Its layers are those of the recipe; only the mode may be
 * another.
 *
 * * Real first: train in mode `real`, then start `from-real` in mode `weights` or `both`.
 * * Activations first: train in mode `activations`, then start `as-they-are` in mode `both`.
 */
export interface StartingPoint {
  readonly network: TrainedNetwork;
  /**
   * `as-they-are`: real weights become the latent ones of binary layers, with scale 1. `from-real`: they are re-scaled
   * so that the layer computes what it did: with m = 1.5 max|w|, w becomes atanh(w / m) / k and the scale m, and
   * m tanh(k atanh(w / m) / k) = w.
   */
  readonly weights: 'as-they-are' | 'from-real';
}

/**
 * Returns the parameters that a training begins with.
 *
 * @param kWeight the sharpness it begins at
 * @throws ModelError `model.shape-mismatch` naming the first layer that is another
 */
export function startingParameters(
  { network, weights }: StartingPoint,
  layers: readonly Layer[],
  kWeight: number,
): NetworkParameters {
  const copies = fittingParameters(network, layers);
  if (weights === 'as-they-are') return copies;
  return copies.map((parameters, index) => {
    const layer = layers[index];
    const trained = network.layers[index];
    const becomesBinary = 'binaryWeights' in layer && layer.binaryWeights && parameters.kernel.length > 0;
    const wasBinary = 'binaryWeights' in trained && trained.binaryWeights;
    if (!becomesBinary || wasBinary) return parameters;
    return { ...latentFromReal(parameters.kernel, kWeight), bias: parameters.bias };
  });
}

/**
 * Copies of a trained network's numbers, for the layers of a recipe.
 *
 * @throws ModelError `model.shape-mismatch` naming the first layer that is another
 */
export function fittingParameters(network: TrainedNetwork, layers: readonly Layer[]): NetworkParameters {
  const expected = initialParameters(layers, Random.fromSeed(0));
  const found = network.layers.map(parametersOf);
  const wrong = layers.findIndex((_, index) => {
    const given = found.at(index);
    const { kernel, scale, bias } = expected[index];
    return (
      given?.kernel.length !== kernel.length || given.scale.length !== scale.length || given.bias.length !== bias.length
    );
  });
  if (wrong >= 0 || found.length !== layers.length) {
    const layer = wrong >= 0 ? wrong : layers.length;
    const message = `Network '${network.name}' does not fit the recipe: its layer ${layer} is another.`;
    throw new ModelError('shape-mismatch', message, { network: network.name, layer });
  }
  return copyParameters(found);
}

/** Returns the digests of the networks that a training has to do with, for its identity. */
export function originDigests({
  start,
  teacher,
}: {
  readonly start?: StartingPoint | undefined;
  readonly teacher?: TrainedNetwork | undefined;
}): { readonly start?: string; readonly teacher?: string } {
  return {
    ...(start === undefined ? {} : { start: networkDigest(start.network, start.weights) }),
    ...(teacher === undefined ? {} : { teacher: networkDigest(teacher, 'teacher') }),
  };
}

/** Returns the SHA-256 over a network's numbers and what is made of them, as hexadecimal. */
function networkDigest(network: TrainedNetwork, use: string): string {
  const hash = createHash('sha256').update(use);
  for (const { kernel, scale, bias } of network.layers.map(parametersOf)) {
    for (const { buffer, byteOffset, byteLength } of [kernel, scale, bias]) {
      hash.update(new Uint8Array(buffer, byteOffset, byteLength));
    }
  }
  return hash.digest('hex');
}

function parametersOf(layer: TrainedLayer): LayerParameters {
  const none = new Float32Array(0);
  switch (layer.kind) {
    case 'dense':
      return { kernel: layer.kernel, scale: Float32Array.of(layer.scale), bias: layer.bias };
    case 'convolution':
      return { kernel: layer.kernel, scale: Float32Array.of(layer.scale), bias: none };
    case 'add':
      return { kernel: layer.kernel, scale: layer.stride === 0 ? none : Float32Array.of(layer.scale), bias: none };
    case 'batch-norm':
      return { kernel: none, scale: layer.gamma, bias: layer.beta };
    case 'logic':
      return { kernel: layer.entries, scale: Float32Array.from(layer.sources), bias: layer.wires };
    default:
      return { kernel: none, scale: none, bias: none };
  }
}
