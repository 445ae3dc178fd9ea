import { ModelError } from '@adiabit/simulator/errors';
import { channelsOf, product } from '../network/layers.js';
import type { TrainedLayer, TrainedNetwork } from '../network/trained-network.js';

/**
 * Checks the numbers of a trained network.
 * @throws ModelError naming the layer whose numbers are not finite or not as many as its shape takes
 */
export function checkTrained({ name, layers }: TrainedNetwork): void {
  layers.forEach((layer, index) => {
    const numbers = numbersOf(layer);
    if (numbers.some(({ values }) => !values.every(Number.isFinite))) {
      const message = `Layer ${index} of "${name}" holds NaN or infinity. Train it again.`;
      throw new ModelError('bad-value', message, { layer: index });
    }
    if (numbers.some(({ values, count }) => values.length !== count)) {
      const message = `Layer ${index} of "${name}" does not have the parameters of its shape.`;
      throw new ModelError('shape-mismatch', message, { layer: index });
    }
  });
}

interface Numbers {
  readonly values: readonly number[] | Float32Array;
  readonly count: number;
}

function numbersOf(layer: TrainedLayer): readonly Numbers[] {
  switch (layer.kind) {
    case 'dense':
      return [
        { values: layer.kernel, count: layer.inputs * layer.outputs },
        { values: layer.bias, count: layer.outputs },
        { values: [layer.scale], count: 1 },
      ];
    case 'convolution': {
      const count = product(layer.size) * channelsOf(layer.inputShape) * channelsOf(layer.outputShape);
      return [
        { values: layer.kernel, count },
        { values: [layer.scale], count: 1 },
      ];
    }
    case 'add': {
      const count = layer.stride === 0 ? 0 : channelsOf(layer.fromShape) * channelsOf(layer.outputShape);
      return [
        { values: layer.kernel, count },
        { values: [layer.scale], count: 1 },
      ];
    }
    case 'logic': {
      const wires = layer.outputs * layer.tableInputs * layer.candidates;
      return [
        { values: layer.entries, count: layer.outputs * 2 ** layer.tableInputs },
        { values: layer.wires, count: wires },
        { values: Float32Array.from(layer.sources), count: wires },
      ];
    }
    case 'batch-norm':
      return [layer.gamma, layer.beta, layer.mean, layer.variance].map((values) => {
        return { values, count: channelsOf(layer.inputShape) };
      });
    default:
      return [];
  }
}

/** Tells whether a hidden activation stays real, so that its size has to be seen on examples. */
export function keepsActivationsReal({ layers }: TrainedNetwork): boolean {
  return layers.some((layer) => 'activation' in layer && layer.activation === 'relu');
}
