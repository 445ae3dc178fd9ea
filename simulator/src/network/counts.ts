import { popcountRow, type BitMatrix } from '../bits/bit-matrix.js';
import { CompileError } from '../errors.js';
import { MAX_ACCUMULATOR, neverThreshold, type CountingLayer, type CountingShape } from './counting-layer.js';
import {
  MAX_INTEGER_SHIFT,
  givesBits,
  isBinary,
  type DenseLayer,
  type IntegerActivation,
  type Layer,
  type Network,
  type NetworkInput,
  type ThresholdActivation,
} from './network.js';

/*
 * Signed sums and counts of ones: the only place where one becomes the other (docs/encoding.md derives it). With accumulator
 * A = sum over planes of 2^b * popcount(xnor(w, plane b)) and Z zero bits (weights -1) in the neuron's row:
 *
 *     unsigned inputs of B bits:  S = A - (2^B - 1) * Z        so S >= T  <=>  A >= T + (2^B - 1) * Z
 *     bipolar inputs, N of them:  S = 2 A - N                  so S >= T  <=>  A >= ceil((T + N) / 2)
 */

/** A dense layer that an unrolled circuit can compute: weights are bits, and so are values between layers. */
export interface BinaryDense extends DenseLayer {
  readonly weights: BitMatrix;
  readonly activation: (ThresholdActivation & { readonly inverted?: undefined }) | IntegerActivation;
}

export interface BinaryDenseNetwork extends Network {
  readonly layers: readonly BinaryDense[];
}

/**
 * Tells whether the network is a chain of dense layers with binary weights over plain inputs. Only such networks have
 * an unrolled circuit.
 */
export function isBinaryDense(network: Network): network is BinaryDenseNetwork {
  return isPlain(network.input) && firstNotBinaryDense(network) === undefined;
}

/** Tells whether input values are counted as they are, without preparation and zero points. */
export const isPlain = ({ zeroPoints, preparation }: NetworkInput): boolean =>
  zeroPoints === undefined && preparation === undefined;

/** Finds the first layer that keeps a network from being dense and binary; undefined if there is none. */
export function firstNotBinaryDense({ layers }: Network): number | undefined {
  const index = layers.findIndex((layer, at) => {
    const { from = at - 1 } = layer;
    return from !== at - 1 || !isBinaryLayer(layer) || isLastOf(layers, at) !== (layer.activation.kind === 'integer');
  });
  return index < 0 ? undefined : index;
}

const isLastOf = (layers: readonly Layer[], index: number): boolean => index === layers.length - 1;

export function isBinaryLayer(layer: Layer): layer is BinaryDense {
  if (layer.kind !== 'dense' || !isBinary(layer.weights)) return false;
  const { activation } = layer;
  return activation.kind === 'integer' || (activation.kind === 'threshold' && activation.inverted === undefined);
}

/**
 * Tells whether a layer is stored and run as counts: it is dense and binary, and takes bits or plain inputs of the
 * network.
 */
export function isCounted({ input, layers }: Network, index: number): boolean {
  const layer = layers[index];
  if (!isBinaryLayer(layer) || (layer.activation.kind === 'integer' && !isLastOf(layers, index))) return false;
  const { from = index - 1 } = layer;
  if (from < 0) return isPlain(input) && layer.inputs * (2 ** input.bits - 1) <= MAX_ACCUMULATOR;
  return givesBits(layers[from]);
}

/**
 * Turns the signed sums of a layer into counts.
 * @param layer one for which `isCounted` holds
 */
export function countsAt({ input, layers }: Network, index: number): CountingLayer {
  const layer = layers[index];
  if (!isBinaryLayer(layer)) throw new TypeError(`Layer ${index} does not count.`);
  const { inputs, outputs, weights, activation } = layer;
  const inputBits = (layer.from ?? index - 1) < 0 ? input.bits : 1;
  const isBipolar = layer.inputEncoding === 'bipolar';
  if (activation.kind === 'threshold') {
    const shape: CountingShape = { activation: 'threshold', inputs, outputs, inputBits, shift: 0 };
    const thresholds = Uint32Array.from(activation.thresholds, (threshold, neuron) => {
      const count = isBipolar
        ? Math.ceil((threshold + inputs) / 2)
        : threshold + accumulatorAtZero(weights, inputBits, neuron);
      return Math.min(Math.max(count, 0), neverThreshold(shape));
    });
    return { ...shape, weights, thresholds, offsets: new Int32Array() };
  }
  // The outputs at count 0, which are the smallest. In a valid network they fit 32 bits.
  const offsets = Int32Array.from(activation.offsets, (offset, neuron) => {
    const atZero = isBipolar ? inputs : accumulatorAtZero(weights, inputBits, neuron);
    return offset - atZero * 2 ** activation.shift;
  });
  const shift = activation.shift + (isBipolar ? 1 : 0);
  return { activation: 'integer', inputs, outputs, inputBits, shift, weights, thresholds: new Uint32Array(), offsets };
}

/**
 * Turns the signed sums of a dense binary network into counts.
 * @throws CompileError `compile.unsupported` naming the first layer that keeps the network from being one
 */
export function countsOf(network: Network): readonly CountingLayer[] {
  if (!isBinaryDense(network)) throw notUnrolled(network, firstNotBinaryDense(network));
  return network.layers.map((_, index) => countsAt(network, index));
}

/** Turns counting layers into a network of signed sums: the inverse of `countsOf`. */
export const networkOfCounts = (layers: readonly CountingLayer[]): BinaryDenseNetwork => ({
  input: { count: layers[0].inputs, bits: layers[0].inputBits },
  layers: layers.map(layerOfCounts),
});

/**
 * Gives the network in the form that a bitstream stores. Counts do not tell how bits were read (`inputEncoding`), so
 * each counted layer becomes the one that decoding its counts gives.
 */
export const canonicalNetwork = (network: Network): Network => ({
  ...network,
  layers: network.layers.map((layer, index) => {
    if (!isBinaryLayer(layer) || !isCounted(network, index)) return layer;
    const from = layer.from === undefined ? {} : { from: layer.from };
    return { ...layerOfCounts(countsAt(network, index)), ...from };
  }),
});

/** Turns a counting layer into a dense layer of signed sums. */
export function layerOfCounts(counting: CountingLayer): BinaryDense {
  const { activation, inputs, outputs, inputBits, shift, weights, thresholds, offsets } = counting;
  const atZero = (neuron: number): number => accumulatorAtZero(weights, inputBits, neuron);
  const layer = { kind: 'dense', inputs, outputs, weights } as const;
  if (activation === 'threshold') {
    const signed = Int32Array.from(thresholds, (threshold, neuron) => threshold - atZero(neuron));
    return { ...layer, inputEncoding: 'unsigned', activation: { kind: 'threshold', thresholds: signed } };
  }
  // A circuit's largest shift is one more than a network's. It comes from inputs of +1 and -1, whose sums are even.
  if (shift > MAX_INTEGER_SHIFT && inputBits === 1) {
    const signed = Int32Array.from(offsets, (offset) => offset + inputs * 2 ** (shift - 1));
    return { ...layer, inputEncoding: 'bipolar', activation: { kind: 'integer', shift: shift - 1, offsets: signed } };
  }
  const signed = Int32Array.from(offsets, (offset, neuron) => offset + atZero(neuron) * 2 ** shift);
  return { ...layer, inputEncoding: 'unsigned', activation: { kind: 'integer', shift, offsets: signed } };
}

/** Gives the accumulator when every input is 0: (2^B - 1) * Z, with Z weight bits that are 0. */
const accumulatorAtZero = (weights: BitMatrix, inputBits: number, neuron: number): number =>
  (2 ** inputBits - 1) * (weights.columns - popcountRow(weights, neuron));

/**
 * Makes the error for a network that has no unrolled circuit.
 * @param layer that keeps it from having one; undefined if it is the input
 */
export function notUnrolled(network: Network, layer: number | undefined): CompileError {
  const what =
    layer === undefined
      ? 'An input that is prepared or has zero points'
      : `Layer ${layer} (${network.layers[layer].kind})`;
  const message =
    `${what} has no unrolled circuit: that form has dense layers with binary weights, learnt logic, and binary values ` +
    'between them. The folded form has one for every layer but logic, and boards run it as it is.';
  const where = layer === undefined ? {} : { layer, kind: network.layers[layer].kind };
  return new CompileError('unsupported', message, { ...where, options: ['form=folded'] });
}
