import { ModelError, bitMatrixFrom, bitOfSign } from '@adiabit/simulator';
import { fraction, type Fraction } from 'mathjs';
import { argmax, createOracle } from '../model/oracle.js';
import { inputBitsOf, sumMaximum, validateModel, type BinarizedDense, type BinarizedModel } from '../model/model.js';
import { ceiling, clampToNumber, exactFraction, roundHalfUp } from '../model/rational.js';
import type { ActivationName, TrainedDense, TrainedDenseNetwork, TrainedNetwork } from './trained-network.js';
import { isDenseNetwork } from './trained-network.js';

/** What freezing decided, and how it was checked. */
export interface FreezeReport {
  /** Fraction bits f of the integer outputs: S * 2^f + round(bias / scale * 2^f). */
  readonly outputFractionBits: number;
  /** On how many of the given inputs the integer class equals the class of the real-valued outputs. */
  readonly agreement: { readonly equal: number; readonly total: number };
}

export interface FrozenNetwork {
  readonly model: BinarizedModel;
  readonly report: FreezeReport;
}

/** Integer outputs stay within 32 bits; no realistic network needs more fraction bits than this. */
const MAX_FRACTION_BITS = 15;
const INT32_MAXIMUM = 2 ** 31 - 1;

/**
 * Turns a trained network into exact integers. A neuron fires when scale * S * unit + bias >= 0, S its integer sum and
 * unit the value of one input step, so when S >= T with T = ceil(-bias / (scale * unit)), computed in rational
 * arithmetic on the exact values of the float32 parameters. A negative scale flips the sign of every weight instead,
 * so that neurons only ever fire upwards.
 *
 * The number of fraction bits of the outputs is the smallest with which the integer class equals the real one on all
 * `examples` (validation inputs); without any it is 8.
 * @throws ModelError `model.unsupported-layer` for a layer that is not dense, `model.not-frozen` for a layer that is not binary, `model.bad-value` for NaN, infinity or a last layer of scale 0.
 */
export function freeze(trained: TrainedNetwork, examples: readonly Uint8Array[] = []): FrozenNetwork {
  const network = denseOnly(trained);
  const layers = network.layers.map((layer, index) => {
    checkBinary(network, layer, index);
    return index < network.layers.length - 1 ? freezeHidden(network, index) : freezeOutput(network, index);
  });
  const last = network.layers.length - 1;
  const slope = slopeOf(network, last).abs();
  const draft: BinarizedModel = {
    name: network.name,
    input: { count: network.input.count, bits: network.input.bits },
    layers,
  };
  validateModel(draft);
  const ratios = Array.from(network.layers[last].bias, (bias) => exactFraction(bias).div(slope));
  const { shift, equal } = chooseFractionBits(draft, network, ratios, examples);
  const model = { ...draft, layers: [...layers.slice(0, last), withOffsets(layers[last], ratios, shift)] };
  validateModel(model);
  return { model, report: { outputFractionBits: shift, agreement: { equal, total: examples.length } } };
}

function denseOnly(network: TrainedNetwork): TrainedDenseNetwork {
  if (isDenseNetwork(network)) return network;
  const index = network.layers.findIndex(({ kind }) => kind !== 'dense');
  const { kind } = network.layers[index];
  throw new ModelError(
    'unsupported-layer',
    `Layer ${index} of "${network.name}" is of the kind ${kind}; only networks of dense layers become a circuit.`,
    { layer: index, kind },
  );
}

function checkBinary(network: TrainedDenseNetwork, layer: TrainedDense, index: number): void {
  const last = index === network.layers.length - 1;
  const notBinary = !layer.binaryWeights ? 'weights' : !last && !layer.binaryActivation ? 'activation' : undefined;
  if (notBinary) {
    throw new ModelError(
      'not-frozen',
      `Layer ${index} of "${network.name}" has a real ${notBinary}; only networks trained in mode "both" become a circuit.`,
      { layer: index },
    );
  }
  const numbers = [layer.scale, ...layer.bias, ...layer.kernel];
  if (!numbers.every(Number.isFinite)) {
    throw new ModelError('bad-value', `Layer ${index} of "${network.name}" holds NaN or infinity. Train it again.`, {
      layer: index,
    });
  }
  if (layer.kernel.length !== layer.inputs * layer.outputs || layer.bias.length !== layer.outputs) {
    throw new ModelError(
      'shape-mismatch',
      `Layer ${index} of "${network.name}" does not have the parameters of its shape.`,
      {
        layer: index,
      },
    );
  }
}

/** Real value of one integer step of S: scale / divisor for the first layer, scale after it. */
function slopeOf(network: TrainedDenseNetwork, index: number): Fraction {
  const scale = exactFraction(network.layers[index].scale);
  return index === 0 ? scale.div(exactFraction(network.input.divisor)) : scale;
}

const BIPOLAR: ReadonlySet<ActivationName> = new Set(['tanh', 'HT']);

/** Sign bits, shape and encoding of a layer, its weights flipped where the slope is negative. */
function frame(network: TrainedDenseNetwork, index: number): Omit<BinarizedDense, 'activation'> {
  const { inputs, outputs, kernel, scale } = network.layers[index];
  const flipped = scale < 0;
  return {
    kind: 'dense',
    inputs,
    outputs,
    inputEncoding: index > 0 && BIPOLAR.has(network.layers[index - 1].activation) ? 'bipolar' : 'unsigned',
    weights: bitMatrixFrom(outputs, inputs, (neuron, input) => {
      const positive = bitOfSign(kernel[input * outputs + neuron]) === 1;
      return positive !== flipped;
    }),
  };
}

function freezeHidden(network: TrainedDenseNetwork, index: number): BinarizedDense {
  const layer = frame(network, index);
  const maximum = sumMaximum(layer, index === 0 ? network.input.bits : 1);
  const slope = slopeOf(network, index).abs();
  const thresholds = Int32Array.from(network.layers[index].bias, (bias) => {
    if (slope.n === 0n) return bias >= 0 ? -maximum : maximum + 1;
    return clampToNumber(ceiling(exactFraction(bias).neg().div(slope)), -maximum, maximum + 1);
  });
  return { ...layer, activation: { kind: 'threshold', thresholds } };
}

function freezeOutput(network: TrainedDenseNetwork, index: number): BinarizedDense {
  if (network.layers[index].scale === 0) {
    throw new ModelError(
      'bad-value',
      `The last layer of "${network.name}" has scale 0: its outputs do not depend on its inputs. Train it again.`,
      {
        layer: index,
      },
    );
  }
  const offsets = new Int32Array(network.layers[index].outputs);
  return { ...frame(network, index), activation: { kind: 'integer', shift: 0, offsets } };
}

function withOffsets(layer: BinarizedDense, ratios: readonly Fraction[], shift: number): BinarizedDense {
  return {
    ...layer,
    activation: { kind: 'integer', shift, offsets: Int32Array.from(offsetsFor(ratios, shift), Number) },
  };
}

const offsetsFor = (ratios: readonly Fraction[], shift: number): bigint[] =>
  ratios.map((ratio) => roundHalfUp(ratio.mul(fraction(1n << BigInt(shift), 1n))));

/** The smallest shift whose integer classes equal the real ones on every example, or the best there is. */
function chooseFractionBits(
  draft: BinarizedModel,
  network: TrainedDenseNetwork,
  ratios: readonly Fraction[],
  examples: readonly Uint8Array[],
): { shift: number; equal: number } {
  const last = draft.layers.length - 1;
  const maximum = sumMaximum(draft.layers[last], inputBitsOf(draft, last));
  const fits = (shift: number): boolean =>
    offsetsFor(ratios, shift).every((offset) => {
      const size = offset < 0n ? -offset : offset;
      return size + BigInt(maximum) * (1n << BigInt(shift + 1)) <= BigInt(INT32_MAXIMUM);
    });
  const shifts = Array.from({ length: MAX_FRACTION_BITS + 1 }, (_, shift) => shift).filter(fits);
  if (shifts.length === 0) {
    throw new ModelError(
      'bad-value',
      `A bias of the last layer of "${network.name}" is too large for its scale. Train it again.`,
      {
        layer: last,
      },
    );
  }
  if (examples.length === 0) return { shift: Math.min(8, shifts[shifts.length - 1]), equal: 0 };

  const oracle = createOracle(draft);
  const sums = examples.map((example) => oracle(example).sums[last]);
  // S is below 2^32 and the ratio is exact to 2^-53 of itself: a double orders these sums as the rationals do.
  const realRatios = ratios.map((ratio) => ratio.valueOf());
  const classes = sums.map((sum) => argmax(Array.from(sum, (value, output) => value + realRatios[output])));
  let best = { shift: shifts[0], equal: -1 };
  for (const shift of shifts) {
    const offsets = offsetsFor(ratios, shift).map(Number);
    const equal = sums.filter(
      (sum, example) =>
        argmax(Array.from(sum, (value, output) => value * 2 ** shift + offsets[output])) === classes[example],
    ).length;
    if (equal > best.equal) best = { shift, equal };
    if (equal === examples.length) break;
  }
  return best;
}
