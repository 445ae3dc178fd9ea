import { getBit } from '../../bits/bit-matrix.js';
import type { Network } from './random-network.js';

/** The words of docs/formats/bitstream.md in the plainest arithmetic. */
export function expectedOutputs({ architecture, configuration }: Network, input: Uint8Array): number[] {
  return architecture.layers.reduce<number[]>(
    (values, layer, index) => {
      const { weights, thresholds, offsets } = configuration[index];
      const maximum = 2 ** layer.inputBits - 1;
      return Array.from({ length: layer.outputs }, (_, neuron) => {
        const accumulator = values.reduce(
          (sum, value, column) => sum + (getBit(weights, neuron, column) ? value : maximum - value),
          0,
        );
        return layer.activation === 'threshold'
          ? Number(accumulator >= thresholds[neuron])
          : accumulator * 2 ** layer.shift + offsets[neuron];
      });
    },
    [...input],
  );
}
