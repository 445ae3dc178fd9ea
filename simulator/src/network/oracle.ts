import { getBit } from '../bits/bit-matrix.js';
import { signOfBit } from '../bits/polarity.js';
import { DataError } from '../errors.js';
import {
  type Activation,
  isBinary,
  type Layer,
  levelsOf,
  type LogicLayer,
  type Network,
  type NetworkInput,
  sourcesOf,
  type Weights,
} from './network.js';
import { prepared } from './preparation.js';
import { poolValues, weigh, weighEveryWindow } from './windows.js';

/** All values of a network for one input. */
export interface NetworkTrace {
  /** Per layer, its sums before the activation. */
  readonly sums: readonly Int32Array[];
  /** Per layer, its values. */
  readonly values: readonly Int32Array[];
  readonly outputs: Int32Array;
  readonly class: number;
}

/** Evaluates one input; see `createOracle`. */
export type Oracle = (input: Uint8Array) => NetworkTrace;

/**
 * Builds the integer oracle: the network in plain arithmetic, weights times values. It is slow on purpose, and every
 * faster implementation is compared with it. The weights are unpacked once.
 * @param network to compute; its `name` is for messages of errors
 */
export function createOracle(network: Network & { readonly name?: string }): Oracle {
  const { input: takes, layers, name = 'network' } = network;
  const functions = layers.map(createLayer);
  return (input) => {
    if (input.length !== takes.count) {
      throw new DataError(
        'shape-mismatch',
        `The model "${name}" takes ${takes.count} values, this input has ${input.length}.`,
        { expected: takes.count, actual: input.length },
      );
    }
    const start = valuesOfInput(takes, input);
    const sums: Int32Array[] = [];
    const values: Int32Array[] = [];
    layers.forEach((layer, index) => {
      const before = sourcesOf(layer, index).map((source) => (source < 0 ? start : values[source]));
      const result = functions[index](before);
      sums.push(result.sums);
      values.push(result.values);
    });
    const outputs = values[values.length - 1];
    return { sums, values, outputs, class: argmax(outputs) };
  };
}

/**
 * Gives the position of the largest value, the lowest one on a tie. This is the only definition of a network's class.
 */
export function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let index = 1; index < values.length; index++) if (values[index] > values[best]) best = index;
  return best;
}

/** Gives the values that the first layer takes from an example: prepared, less the zero points. */
export function valuesOfInput({ preparation, zeroPoints }: NetworkInput, example: Uint8Array): Int32Array {
  const values = prepared(preparation, example);
  if (zeroPoints === undefined) return Int32Array.from(values);
  return Int32Array.from(values, (value, index) => value - zeroPoints[index % zeroPoints.length]);
}

/** Computes one layer's sums and values from the values of its sources. */
export type LayerFunction = (before: readonly Int32Array[]) => {
  readonly sums: Int32Array;
  readonly values: Int32Array;
};

export function createLayer(layer: Layer): LayerFunction {
  const sum = summingUp(layer);
  return (before) => {
    const sums = sum(before);
    return { sums, values: 'activation' in layer ? activate(layer.activation, sums) : sums };
  };
}

/** Builds the function from a layer's inputs to its sums. */
function summingUp(layer: Layer): (before: readonly Int32Array[]) => Int32Array {
  switch (layer.kind) {
    case 'dense':
    case 'convolution': {
      const weights = unpack(layer.weights);
      const isBipolar = layer.inputEncoding === 'bipolar';
      return ([bits]) => {
        const values = isBipolar ? bits.map(signOfBit) : bits;
        return layer.kind === 'dense' ? weigh(weights, values) : weighEveryWindow(layer, weights, values);
      };
    }
    case 'pool':
      return ([values]) => poolValues(layer, values);
    case 'add':
      return ([one, other]) => one.map((value, index) => value + other[index]);
    case 'activation':
      return ([values]) => values;
    case 'logic':
      return ([bits]) => lookUp(layer, bits);
    case 'thermometer': {
      const levels = levelsOf(layer);
      return ([values]) =>
        Int32Array.from({ length: levels * values.length }, (_, index) => values[Math.floor(index / levels)]);
    }
  }
}

/** Looks every table up at what its pins read. */
const lookUp = ({ tableInputs, wires, masks }: LogicLayer, bits: Int32Array): Int32Array =>
  Int32Array.from({ length: masks.rows }, (_, table) => {
    const pins = wires.subarray(table * tableInputs, (table + 1) * tableInputs);
    return getBit(
      masks,
      table,
      pins.reduce((entry, position, pin) => entry + bits[position] * 2 ** pin, 0),
    );
  });

/** Unpacks weights: one row of integers per output. */
function unpack(weights: Weights): Int8Array[] {
  const { rows, columns } = weights;
  return Array.from({ length: rows }, (_, row) =>
    isBinary(weights)
      ? Int8Array.from({ length: columns }, (_unused, column) => signOfBit(getBit(weights, row, column)))
      : weights.values.subarray(row * columns, (row + 1) * columns),
  );
}

/** Applies an activation to every sum. Constants are per channel, and the channels of one position are together. */
function activate(activation: Activation, sums: Int32Array): Int32Array {
  switch (activation.kind) {
    case 'threshold': {
      const { thresholds, inverted } = activation;
      return sums.map((sum, index) => {
        const channel = index % thresholds.length;
        return (sum >= thresholds[channel] ? 1 : 0) ^ (inverted?.[channel] ?? 0);
      });
    }
    case 'requantize': {
      const { multipliers, offsets, shift, minimum, maximum } = activation;
      return sums.map((sum, index) => {
        const channel = index % multipliers.length;
        const scaled = (sum * multipliers[channel] + offsets[channel]) >> shift;
        return Math.min(Math.max(scaled, minimum), maximum);
      });
    }
    case 'integer': {
      const { offsets, shift } = activation;
      return sums.map((sum, index) => sum * 2 ** shift + offsets[index % offsets.length]);
    }
  }
}
