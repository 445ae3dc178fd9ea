import {
  CompileError,
  neverThreshold,
  popcountRow,
  type Architecture,
  type Configuration,
  type DenseLayer,
} from '@adiabit/simulator';
import type { BinarizedModel, BinaryDense, BinaryDenseModel } from '../model/model.js';
import { inputBitsOf, isBinaryDense, notBinaryDense } from '../model/model.js';

/**
 * From signed sums to counts of ones. With accumulator A = sum over planes of 2^b * popcount(xnor(w, plane b)) and Z
 * zero bits (weights -1) in the neuron's row:
 *
 *     unsigned inputs of B bits:  S = A - (2^B - 1) * Z        so S >= T  <=>  A >= T + (2^B - 1) * Z
 *     bipolar inputs, N of them:  S = 2 A - N                  so S >= T  <=>  A >= ceil((T + N) / 2)
 *
 * docs/encoding.md derives both. The unrolled circuit and the firmware of such networks know counts only; every sign ends here.
 * @throws CompileError `compile.unsupported` naming the first layer that the fabric does not have
 */
export function lower(model: BinarizedModel): { architecture: Architecture; configuration: Configuration } {
  checkFabric(model);
  const layers = model.layers.map((layer, index): DenseLayer => {
    const { inputs, outputs, activation } = layer;
    const inputBits = inputBitsOf(model, index);
    const shift = activation.kind === 'integer' ? activation.shift + (layer.inputEncoding === 'bipolar' ? 1 : 0) : 0;
    return { kind: 'dense', activation: activation.kind, inputs, outputs, inputBits, shift };
  });
  const configuration = model.layers.map((layer, index) => {
    const { weights, activation } = layer;
    return activation.kind === 'threshold'
      ? { weights, thresholds: lowerThresholds(layer, layers[index], activation.thresholds), offsets: new Int32Array() }
      : { weights, thresholds: new Uint32Array(), offsets: lowerOffsets(layer, layers[index], activation) };
  });
  return { architecture: { layers }, configuration };
}

/** The fabric has dense layers of binary weights. */
function checkFabric(model: BinarizedModel): asserts model is BinaryDenseModel {
  if (isBinaryDense(model)) return;
  const layer = notBinaryDense(model) ?? 0;
  const { kind } = model.layers[layer];
  const message =
    `Layer ${layer} of "${model.name}" (${kind}) has no unrolled circuit: that form has dense layers with binary weights ` +
    'and binary values between them. The folded form (--form folded) has one for every layer, and boards run it as it is.';
  throw new CompileError('unsupported', message, { layer, kind });
}

/** (2^B - 1) * Z: what the accumulator holds when every input is 0. */
const accumulatorAtZero = (layer: BinaryDense, inputBits: number, neuron: number): number =>
  (2 ** inputBits - 1) * (layer.inputs - popcountRow(layer.weights, neuron));

function lowerThresholds(layer: BinaryDense, circuit: DenseLayer, thresholds: Int32Array): Uint32Array {
  return Uint32Array.from(thresholds, (threshold, neuron) => {
    const lowered =
      layer.inputEncoding === 'bipolar'
        ? Math.ceil((threshold + layer.inputs) / 2)
        : threshold + accumulatorAtZero(layer, circuit.inputBits, neuron);
    return Math.min(Math.max(lowered, 0), neverThreshold(circuit));
  });
}

/** The outputs at count 0, so the least there are: a valid model keeps them within 32 bits. */
function lowerOffsets(
  layer: BinaryDense,
  circuit: DenseLayer,
  activation: { readonly shift: number; readonly offsets: Int32Array },
): Int32Array {
  return Int32Array.from(activation.offsets, (offset, neuron) => {
    const atZero =
      layer.inputEncoding === 'bipolar' ? layer.inputs : accumulatorAtZero(layer, circuit.inputBits, neuron);
    return offset - atZero * 2 ** activation.shift;
  });
}
