import { ModelError, layout, type BitMatrix } from '@adiabit/simulator';

/**
 * A trained network as exact integers: what every witness of the circuit must reproduce bit for bit. No framework,
 * no floating point.
 */
export interface BinarizedModel {
  readonly name: string;
  /** Inputs are unsigned integers below 2^bits. */
  readonly input: { readonly count: number; readonly bits: number };
  readonly layers: readonly BinarizedDense[];
}

/** A dense layer: S = sum over inputs of w * v, w in {-1, +1}, then a threshold or an integer output per neuron. */
export interface BinarizedDense {
  readonly kind: 'dense';
  readonly inputs: number;
  readonly outputs: number;
  /** `unsigned`: v is the input integer (0 or 1 after a hidden layer); `bipolar`: bit 1 is +1, bit 0 is -1. */
  readonly inputEncoding: InputEncoding;
  /** outputs x inputs, bit 1 is +1. */
  readonly weights: BitMatrix;
  readonly activation: ThresholdActivation | IntegerActivation;
}
export type InputEncoding = 'unsigned' | 'bipolar';

/** The neuron's bit is 1 when S >= threshold. */
export interface ThresholdActivation {
  readonly kind: 'threshold';
  readonly thresholds: Int32Array;
}

/** The neuron's output is S * 2^shift + offset; the class is the largest output, the lowest one on a tie. */
export interface IntegerActivation {
  readonly kind: 'integer';
  readonly shift: number;
  readonly offsets: Int32Array;
}

/** One less than the circuit's, because bipolar inputs cost one more shift. */
export const MAX_MODEL_SHIFT = layout.MAX_SHIFT - 1;

const isShift = (shift: number): boolean => Number.isInteger(shift) && shift >= 0 && shift <= MAX_MODEL_SHIFT;

/** The largest |S| a neuron of this layer can reach. */
export const sumMaximum = (layer: Pick<BinarizedDense, 'inputs' | 'inputEncoding'>, inputBits: number): number =>
  layer.inputs * (layer.inputEncoding === 'bipolar' ? 1 : 2 ** inputBits - 1);

/** Bits of a value entering a layer: the model's input bits for the first one, 1 after that. */
export const inputBitsOf = (model: BinarizedModel, layer: number): number => (layer === 0 ? model.input.bits : 1);

/**
 * Checks every promise a model makes about its own shape.
 * @throws ModelError naming the layer.
 */
export function validateModel(model: BinarizedModel): void {
  const { input, layers } = model;
  if (!Number.isInteger(input.bits) || input.bits < 1 || input.bits > 8) {
    throw new ModelError('bad-value', `Inputs of ${input.bits} bits are not supported; use 1 to 8.`);
  }
  if (layers.length === 0 || layers.length > layout.MAX_LAYERS) {
    throw new ModelError(
      'shape-mismatch',
      `A model has 1 to ${layout.MAX_LAYERS} layers, this one has ${layers.length}.`,
    );
  }
  layers.forEach((layer, index) => {
    const refuse = (what: string): never => {
      throw new ModelError('shape-mismatch', `Layer ${index}: ${what}.`, { layer: index });
    };
    const before = index === 0 ? input.count : layers[index - 1].outputs;
    if (layer.inputs !== before) refuse(`takes ${layer.inputs} inputs where ${before} arrive`);
    const { weights, activation } = layer;
    if (weights.rows !== layer.outputs || weights.columns !== layer.inputs) {
      refuse(`weights are ${weights.rows} x ${weights.columns}, expected ${layer.outputs} x ${layer.inputs}`);
    }
    const constants = activation.kind === 'threshold' ? activation.thresholds : activation.offsets;
    if (constants.length !== layer.outputs) {
      refuse(`has ${constants.length} ${activation.kind} constants for ${layer.outputs} neurons`);
    }
    if (activation.kind === 'integer' && !isShift(activation.shift))
      refuse(`has shift ${activation.shift}; use 0 to ${MAX_MODEL_SHIFT}`);
    if (sumMaximum(layer, inputBitsOf(model, index)) >= 2 ** 31 - 1) refuse('has sums of more than 31 bits');
    const last = index === layers.length - 1;
    if ((activation.kind === 'integer') !== last) refuse('the last layer, and only it, gives integers');
    if (layer.inputEncoding === 'bipolar' && inputBitsOf(model, index) > 1) {
      refuse('values of several bits cannot be read as +1 and -1');
    }
  });
}
