import {
  inputRange,
  isBinary,
  layerRanges,
  outputsOf,
  sourcesOf,
  type Layer,
  type Network,
  type Range,
} from '@adiabit/simulator/network';

/**
 * What one inference computes and reads, however it is folded: the measure of its energy that does not depend on a chip. What an
 * operation costs does; M. Horowitz, "Computing's energy problem", ISSCC 2014, has figures for 45 nm.
 */
export interface Operations {
  /** Products of a one-bit weight and a one-bit value, an xnor or an and each. */
  readonly bitProducts: number;
  /** Values of several bits that are added or taken away, as their one-bit weight says. */
  readonly signedAdditions: number;
  /** Products of an 8-bit weight. */
  readonly multiplications: number;
  /** Sums and comparisons of pools and of residual additions. */
  readonly poolings: number;
  /** Activations: a comparison, a requantization or an offset each. */
  readonly activations: number;
  /** Tables of learnt logic that are looked up. */
  readonly lookUps: number;
  /** Bits of weights and of masks that are read from memory once. */
  readonly weightBits: number;
}

const none: { -readonly [Name in keyof Operations]: number } = {
  bitProducts: 0,
  signedAdditions: 0,
  multiplications: 0,
  poolings: 0,
  activations: 0,
  lookUps: 0,
  weightBits: 0,
};

/** Counts what an inference takes; padding counts as if it were there. */
export function operationsOf(network: Network): Operations {
  const ranges = layerRanges(network);
  const total = { ...none };
  network.layers.forEach((layer, index) => {
    const [from] = sourcesOf(layer, index);
    const counts = operationsOfLayer(layer, from < 0 ? inputRange(network.input) : ranges[from].values);
    for (const [name, count] of Object.entries(counts)) total[name as keyof Operations] += count;
  });
  return total;
}

function operationsOfLayer(layer: Layer, before: Range): Partial<Operations> {
  switch (layer.kind) {
    case 'dense':
    case 'convolution': {
      const { rows, columns } = layer.weights;
      const products = (outputsOf(layer) / rows) * rows * columns;
      const shared = { activations: outputsOf(layer), weightBits: rows * columns * (isBinary(layer.weights) ? 1 : 8) };
      if (!isBinary(layer.weights)) return { ...shared, multiplications: products };
      const areBits = before.minimum >= 0 && before.maximum <= 1;
      return areBits ? { ...shared, bitProducts: products } : { ...shared, signedAdditions: products };
    }
    case 'pool':
      return { poolings: outputsOf(layer) * layer.size[0] * layer.size[1] };
    case 'add':
      return { poolings: outputsOf(layer) };
    case 'logic':
      return { lookUps: outputsOf(layer), weightBits: layer.masks.rows * layer.masks.columns };
    case 'activation':
    case 'thermometer':
      return { activations: outputsOf(layer) };
  }
}
