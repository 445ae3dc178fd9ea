import { getBit } from '../bits/bit-matrix.js';
import { DataError } from '../errors.js';
import type { Architecture } from './architecture.js';
import type { Configuration } from './configuration.js';

/** What a layer comes to for one input, in the words of the bitstream. */
export interface LayerCounts {
  /** Per neuron: sum over planes b of 2^b * popcount(xnor(weights, plane b)). */
  readonly accumulators: Uint32Array;
  /** Per neuron the bit of a threshold layer, or the integer of the last one. */
  readonly outputs: Int32Array;
}

/**
 * The arithmetic of a circuit, neuron by neuron and without clock or gates: slow and obvious, to explain an answer.
 * @throws DataError `data.shape-mismatch` for an input of another length
 */
export function countLayers(
  { layers }: Architecture,
  configuration: Configuration,
  input: Uint8Array,
): readonly LayerCounts[] {
  const [{ inputs: width }] = layers;
  if (input.length !== width) {
    const message = `The input has ${input.length} values, the circuit takes ${width}.`;
    throw new DataError('shape-mismatch', message, { expected: width, actual: input.length });
  }
  let values: ArrayLike<number> = input;
  return layers.map((layer, index) => {
    const { weights, thresholds, offsets } = configuration[index];
    const largest = 2 ** layer.inputBits - 1;
    const accumulators = Uint32Array.from({ length: layer.outputs }, (_, neuron) => {
      let sum = 0;
      // With weight 1 an xnor passes a value's bits on, with weight 0 it inverts them.
      for (let at = 0; at < layer.inputs; at++)
        sum += getBit(weights, neuron, at) === 1 ? values[at] : largest - values[at];
      return sum;
    });
    const outputs = Int32Array.from(accumulators, (accumulator, neuron) =>
      layer.activation === 'threshold'
        ? Number(accumulator >= thresholds[neuron])
        : (accumulator << layer.shift) + offsets[neuron],
    );
    values = outputs;
    return { accumulators, outputs };
  });
}
