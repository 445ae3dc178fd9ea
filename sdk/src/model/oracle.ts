import { DataError, getBit, signOfBit } from '@adiabit/simulator';
import type { BinarizedDense, BinarizedModel } from './model.js';

/** Everything the model computes for one input. */
export interface ModelTrace {
  /** Per layer the weighted sums S. */
  readonly sums: readonly Int32Array[];
  /** Per threshold layer the bits. */
  readonly bits: readonly Uint8Array[];
  readonly outputs: Int32Array;
  readonly class: number;
}

/** Evaluates one input; see `createOracle`. */
export type Oracle = (input: Uint8Array) => ModelTrace;

/**
 * The integer oracle: the model in the plainest arithmetic there is, signs times values. Slow and obvious on purpose:
 * every faster witness is compared with it. Unpacks the weights once.
 */
export function createOracle(model: BinarizedModel): Oracle {
  const signs = model.layers.map((layer) => unpackSigns(layer));
  return (input) => {
    if (input.length !== model.input.count) {
      throw new DataError(
        'shape-mismatch',
        `The model "${model.name}" takes ${model.input.count} values, this input has ${input.length}.`,
        { expected: model.input.count, actual: input.length },
      );
    }
    const sums: Int32Array[] = [];
    const bits: Uint8Array[] = [];
    let values = input;
    let outputs = new Int32Array();
    model.layers.forEach((layer, index) => {
      const sum = weightedSums(layer, signs[index], values);
      sums.push(sum);
      const { activation } = layer;
      if (activation.kind === 'threshold') {
        values = Uint8Array.from(sum, (value, neuron) => (value >= activation.thresholds[neuron] ? 1 : 0));
        bits.push(values);
      } else {
        outputs = sum.map((value, neuron) => value * 2 ** activation.shift + activation.offsets[neuron]);
      }
    });
    return { sums, bits, outputs, class: argmax(outputs) };
  };
}

/** The position of the largest value, the lowest one on a tie: the only definition of "the class". */
export function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let index = 1; index < values.length; index++) if (values[index] > values[best]) best = index;
  return best;
}

const unpackSigns = (layer: BinarizedDense): Int8Array[] =>
  Array.from({ length: layer.outputs }, (_, neuron) =>
    Int8Array.from({ length: layer.inputs }, (_unused, input) => signOfBit(getBit(layer.weights, neuron, input))),
  );

function weightedSums(layer: BinarizedDense, signs: readonly Int8Array[], bits: Uint8Array): Int32Array {
  const values = layer.inputEncoding === 'bipolar' ? Int8Array.from(bits, signOfBit) : bits;
  return Int32Array.from(signs, (row) => {
    let sum = 0;
    for (let input = 0; input < row.length; input++) sum += row[input] * values[input];
    return sum;
  });
}
