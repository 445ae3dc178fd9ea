import { bitMatrixFrom, bitOfSign, getBit, signOfBit, type BitMatrix } from '@adiabit/simulator/bits';
import { ModelError } from '@adiabit/simulator/errors';
import {
  type BinarizedModel,
  type BinaryDense,
  firstNotBinaryDense,
  isBinaryDense,
  validateModel,
} from '../model/model.js';

/** A model of two dense layers, unpacked so that single bits can change. Weights are +1 or -1. */
export interface PolishNetwork {
  readonly inputs: number;
  readonly hidden: number;
  readonly classes: number;
  readonly inputBits: number;
  /** hidden x inputs. */
  readonly hiddenSigns: Int8Array;
  readonly thresholds: Int32Array;
  /** classes x hidden. */
  readonly outputSigns: Int8Array;
  readonly offsets: Int32Array;
  /** What one hidden bit adds to an output or takes from it: 2^shift. */
  readonly unit: number;
}

/**
 * Takes the integers out of a model, into arrays that polishing changes.
 * @throws ModelError `model.unsupported-layer` for anything but two dense layers over unsigned values
 */
export function unpackModel(model: BinarizedModel): PolishNetwork {
  validateModel(model);
  if (!isBinaryDense(model)) {
    const index = firstNotBinaryDense(model) ?? 0;
    throw unsupported(model, `layer ${index} (${model.layers[index].kind}) is not dense and binary`, index);
  }
  const layers: readonly BinaryDense[] = model.layers;
  const [first, last] = layers;
  if (layers.length !== 2) throw unsupported(model, `it has ${layers.length} layers`, 0);
  layers.forEach(({ inputEncoding }, index) => {
    if (inputEncoding !== 'unsigned') throw unsupported(model, `layer ${index} reads bits as +1 and -1`, index);
  });
  if (first.activation.kind !== 'threshold' || last.activation.kind !== 'integer') {
    throw unsupported(model, 'its layers do not end in thresholds and integers', 0);
  }
  return {
    inputs: first.inputs,
    hidden: first.outputs,
    classes: last.outputs,
    inputBits: model.input.bits,
    hiddenSigns: signsOf(first.weights),
    thresholds: first.activation.thresholds.slice(),
    outputSigns: signsOf(last.weights),
    offsets: last.activation.offsets.slice(),
    unit: 2 ** last.activation.shift,
  };
}

/** Returns the network as a model of the same structure as the one it was unpacked from. The arrays are copies. */
export function packModel(network: PolishNetwork, structure: BinarizedModel): BinarizedModel {
  if (!isBinaryDense(structure)) throw unsupported(structure, 'it is not dense and binary', 0);
  const [first, last] = structure.layers;
  if (last.activation.kind !== 'integer') throw unsupported(structure, 'its last layer does not end in integers', 1);
  const layers: BinaryDense[] = [
    {
      ...first,
      weights: bitsOf(network.hiddenSigns, network.hidden, network.inputs),
      activation: { kind: 'threshold', thresholds: network.thresholds.slice() },
    },
    {
      ...last,
      weights: bitsOf(network.outputSigns, network.classes, network.hidden),
      activation: { ...last.activation, offsets: network.offsets.slice() },
    },
  ];
  return { ...structure, layers };
}

function signsOf(weights: BitMatrix): Int8Array {
  const { rows, columns } = weights;
  return Int8Array.from({ length: rows * columns }, (_, index) =>
    signOfBit(getBit(weights, Math.floor(index / columns), index % columns)),
  );
}

const bitsOf = (signs: Int8Array, rows: number, columns: number): BitMatrix =>
  bitMatrixFrom(rows, columns, (row, column) => bitOfSign(signs[row * columns + column]) === 1);

const unsupported = (model: BinarizedModel, what: string, layer: number): ModelError =>
  new ModelError(
    'unsupported-layer',
    `"${model.name}" cannot be polished: ${what}. Only two dense layers over unsigned inputs can.`,
    { layer },
  );
