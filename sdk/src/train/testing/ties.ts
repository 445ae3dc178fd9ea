import { isBinaryActivation } from '../network/activations.js';
import { channelsOf, type NormalizeLayer, product, type Shape } from '../network/layers.js';
import type { TrainedLayer, TrainedNetwork } from '../network/trained-network.js';

/** Far above the rounding of doubles, far below what parameters differ by. */
const NUDGE = 1e-8;

/**
 * Returns the network with a little more before every hard activation. A sum that is exactly 0 fires, but float64 may
 * compute it as a rounding error below 0 (0.1 + 0.2 - 0.3); in this network it fires.
 */
export function withTiesFiring({ layers, ...network }: TrainedNetwork): TrainedNetwork {
  const moved: TrainedLayer[] = [];
  // Where the output of each layer is in the new network.
  const positions = layers.map((layer) => {
    moved.push(...pieces(layer));
    return moved.length - 1;
  });
  return {
    ...network,
    layers: moved.map((layer) => (layer.kind === 'add' ? { ...layer, from: positions[layer.from] } : layer)),
  };
}

function pieces(layer: TrainedLayer): readonly TrainedLayer[] {
  if (!('activation' in layer) || !isBinaryActivation(layer.activation)) return [layer];
  if (layer.kind === 'activation') return [nudging(layer.inputShape), layer];
  const { activation, outputs } = layer;
  const shape: Shape = [outputs];
  const common = { inputShape: shape, outputShape: shape, inputs: outputs, outputs, dropout: 0 };
  return [
    { ...layer, activation: 'none', binaryActivation: false },
    nudging(shape),
    { kind: 'activation', ...common, activation, binaryActivation: true },
  ];
}

function nudging(shape: Shape): NormalizeLayer {
  const channels = channelsOf(shape);
  const size = product(shape);
  return {
    kind: 'normalize',
    inputShape: shape,
    outputShape: shape,
    inputs: size,
    outputs: size,
    dropout: 0,
    mean: new Array<number>(channels).fill(-NUDGE),
    deviation: new Array<number>(channels).fill(1),
  };
}
