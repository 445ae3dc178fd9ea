import { bitMatrixFrom } from '../../bits/bit-matrix.js';
import { neverThreshold, type Architecture } from '../architecture.js';
import type { Configuration } from '../configuration.js';

/** An architecture with the numbers that fill it. */
export interface Network {
  readonly architecture: Architecture;
  readonly configuration: Configuration;
}

/** A network of the given widths with random weights, thresholds and offsets; `next` gives integers below its argument. */
export function randomNetwork(
  widths: readonly number[],
  inputBits: number,
  shift: number,
  next: (below: number) => number,
): Network {
  const layers = widths.slice(1).map((outputs, index) => {
    const last = index === widths.length - 2;
    return {
      kind: 'dense' as const,
      activation: last ? ('integer' as const) : ('threshold' as const),
      inputs: widths[index],
      outputs,
      inputBits: index === 0 ? inputBits : 1,
      shift: last ? shift : 0,
    };
  });
  const configuration = layers.map((layer) => {
    const threshold = layer.activation === 'threshold';
    return {
      weights: bitMatrixFrom(layer.outputs, layer.inputs, () => next(2) === 1),
      thresholds: Uint32Array.from({ length: threshold ? layer.outputs : 0 }, () => next(neverThreshold(layer) + 1)),
      offsets: Int32Array.from({ length: threshold ? 0 : layer.outputs }, () => next(2001) - 1000),
    };
  });
  return { architecture: { layers }, configuration };
}
