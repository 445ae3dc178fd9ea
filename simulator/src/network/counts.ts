import { popcountRow, type BitMatrix } from '../bits/bit-matrix.js';
import { CompileError } from '../errors.js';
import { neverThreshold, type CountingLayer, type CountingShape } from './counting-layer.js';
import {
  MAX_INTEGER_SHIFT,
  isBinary,
  type DenseLayer,
  type IntegerActivation,
  type Network,
  type ThresholdActivation,
} from './network.js';

/*
 * Signed sums and counts of ones: the only place where one becomes the other (docs/encoding.md derives it). With accumulator
 * A = sum over planes of 2^b * popcount(xnor(w, plane b)) and Z zero bits (weights -1) in the neuron's row:
 *
 *     unsigned inputs of B bits:  S = A - (2^B - 1) * Z        so S >= T  <=>  A >= T + (2^B - 1) * Z
 *     bipolar inputs, N of them:  S = 2 A - N                  so S >= T  <=>  A >= ceil((T + N) / 2)
 */

/** A dense layer as the unrolled circuit has it: weights are bits, and so are values between layers. */
export interface BinaryDense extends DenseLayer {
  readonly weights: BitMatrix;
  readonly activation: (ThresholdActivation & { readonly inverted?: undefined }) | IntegerActivation;
}

export interface BinaryDenseNetwork extends Network {
  readonly layers: readonly BinaryDense[];
}

/** Tells whether the network is dense layers of binary weights in a row over plain inputs: the kind that can be unrolled. */
export function isBinaryDense(network: Network): network is BinaryDenseNetwork {
  return network.input.zeroPoints === undefined && firstNotBinaryDense(network) === undefined;
}

/** The first layer that keeps a network from being dense and binary, or undefined. */
export function firstNotBinaryDense({ layers }: Network): number | undefined {
  const index = layers.findIndex((layer, at) => {
    if (layer.kind !== 'dense' || !isBinary(layer.weights)) return true;
    const { activation, from = at - 1 } = layer;
    const isLast = at === layers.length - 1;
    const fits = isLast
      ? activation.kind === 'integer'
      : activation.kind === 'threshold' && activation.inverted === undefined;
    return from !== at - 1 || !fits;
  });
  return index < 0 ? undefined : index;
}

/**
 * Turns the signed sums of a dense binary network into counts.
 * @throws CompileError `compile.unsupported` naming the first layer that keeps the network from being unrolled
 */
export function countsOf(network: Network): readonly CountingLayer[] {
  if (!isBinaryDense(network)) throw notUnrolled(network);
  return network.layers.map((layer, index): CountingLayer => {
    const { inputs, outputs, weights, activation } = layer;
    const inputBits = index === 0 ? network.input.bits : 1;
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
    // The outputs at count 0, so the least there are: a valid network keeps them within 32 bits.
    const offsets = Int32Array.from(activation.offsets, (offset, neuron) => {
      const atZero = isBipolar ? inputs : accumulatorAtZero(weights, inputBits, neuron);
      return offset - atZero * 2 ** activation.shift;
    });
    const shift = activation.shift + (isBipolar ? 1 : 0);
    return {
      activation: 'integer',
      inputs,
      outputs,
      inputBits,
      shift,
      weights,
      thresholds: new Uint32Array(),
      offsets,
    };
  });
}

/** Turns counting layers into a network of signed sums, the way back of `countsOf`, which gives the same counts again. */
export const networkOfCounts = (layers: readonly CountingLayer[]): BinaryDenseNetwork => ({
  input: { count: layers[0].inputs, bits: layers[0].inputBits },
  layers: layers.map(layerOfCounts),
});

/** The network as a bitstream holds it: a dense binary one is stored as counts, which do not tell how its bits were read. */
export const asStored = (network: Network): Network =>
  isBinaryDense(network) ? networkOfCounts(countsOf(network)) : network;

/** A counting layer as a dense layer of signed sums. */
export function layerOfCounts(counting: CountingLayer): BinaryDense {
  const { activation, inputs, outputs, inputBits, shift, weights, thresholds, offsets } = counting;
  const atZero = (neuron: number): number => accumulatorAtZero(weights, inputBits, neuron);
  const layer = { kind: 'dense', inputs, outputs, weights } as const;
  if (activation === 'threshold') {
    const signed = Int32Array.from(thresholds, (threshold, neuron) => threshold - atZero(neuron));
    return { ...layer, inputEncoding: 'unsigned', activation: { kind: 'threshold', thresholds: signed } };
  }
  // The largest shift of a circuit is one more than that of a model: it comes from +1 and -1, whose sums are even.
  if (shift > MAX_INTEGER_SHIFT && inputBits === 1) {
    const signed = Int32Array.from(offsets, (offset) => offset + inputs * 2 ** (shift - 1));
    return { ...layer, inputEncoding: 'bipolar', activation: { kind: 'integer', shift: shift - 1, offsets: signed } };
  }
  const signed = Int32Array.from(offsets, (offset, neuron) => offset + atZero(neuron) * 2 ** shift);
  return { ...layer, inputEncoding: 'unsigned', activation: { kind: 'integer', shift, offsets: signed } };
}

/** (2^B - 1) * Z: what the accumulator holds when every input is 0. */
const accumulatorAtZero = (weights: BitMatrix, inputBits: number, neuron: number): number =>
  (2 ** inputBits - 1) * (weights.columns - popcountRow(weights, neuron));

function notUnrolled(network: Network): CompileError {
  const layer = firstNotBinaryDense(network);
  const what = layer === undefined ? 'An input with zero points' : `Layer ${layer} (${network.layers[layer].kind})`;
  const message =
    `${what} has no unrolled circuit: that form has dense layers with binary weights and binary values between them. ` +
    'The folded form (--form folded) has one for every layer, and boards run it as it is.';
  const details = layer === undefined ? {} : { layer, kind: network.layers[layer].kind };
  return new CompileError('unsupported', message, details);
}
