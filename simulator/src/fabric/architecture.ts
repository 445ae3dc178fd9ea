import { FormatError } from '../errors.js';
import { MAX_LAYERS, MAX_OUTPUTS, MAX_SHIFT } from '../bitstream/layout.js';

/**
 * What a circuit is, apart from its configuration. Per output neuron a dense layer computes
 *
 *     accumulator = sum over planes b of 2^b * popcount(xnor(weights, plane b))
 *
 * and either compares it with a threshold (one bit, the next layer's input) or scales it to a signed integer
 * (accumulator << shift) + offset.
 */
export interface DenseLayer {
  readonly kind: 'dense';
  readonly activation: 'threshold' | 'integer';
  readonly inputs: number;
  readonly outputs: number;
  /** Bit planes of an input value, 1..8; more than 1 only in the first layer. */
  readonly inputBits: number;
  /** Left shift of the accumulator, 0..16; 0 for threshold layers. */
  readonly shift: number;
}

export interface Architecture {
  readonly layers: readonly DenseLayer[];
}

/** The largest value an accumulator of this layer can reach. */
export const accumulatorMaximum = (layer: DenseLayer): number => layer.inputs * (2 ** layer.inputBits - 1);

/** Bits that hold every value 0..maximum. */
export const bitsFor = (maximum: number): number => Math.max(1, 32 - Math.clz32(maximum));

/** Threshold that never fires: one above the largest accumulator. */
export const neverThreshold = (layer: DenseLayer): number => accumulatorMaximum(layer) + 1;

/** Bits of a threshold: wide enough for `neverThreshold`. */
export const thresholdBits = (layer: DenseLayer): number => bitsFor(neverThreshold(layer));

/**
 * Checks everything an architecture promises.
 * @throws FormatError `format.bad-value` naming the layer.
 */
export function validateArchitecture(architecture: Architecture): void {
  const { layers } = architecture;
  const refuse = (layer: number, what: string): never => {
    throw new FormatError('bad-value', `Layer ${layer}: ${what}. Compile the model again.`, { layer });
  };
  if (layers.length < 1 || layers.length > MAX_LAYERS) {
    throw new FormatError('bad-value', `A circuit has 1 to ${MAX_LAYERS} layers, this one has ${layers.length}.`);
  }
  layers.forEach((layer, index) => {
    const last = index === layers.length - 1;
    const positive = (value: number): boolean => Number.isInteger(value) && value >= 1 && value <= 0xffffff;
    if (!positive(layer.inputs) || !positive(layer.outputs)) {
      refuse(index, `shape ${layer.inputs} x ${layer.outputs} is not positive and below 2^24`);
    }
    if (!Number.isInteger(layer.inputBits) || layer.inputBits < 1 || layer.inputBits > 8) {
      refuse(index, `${layer.inputBits} bits per input, must be 1 to 8`);
    }
    if (accumulatorMaximum(layer) >= 2 ** 31 - 1) refuse(index, 'accumulator wider than 31 bits');
    if (last && layer.outputs > MAX_OUTPUTS)
      refuse(index, `${layer.outputs} outputs, at most ${MAX_OUTPUTS} fit a class number`);
    if ((layer.activation === 'integer') !== last) refuse(index, 'the last layer, and only it, gives integers');
    if (!Number.isInteger(layer.shift) || layer.shift < 0 || layer.shift > (last ? MAX_SHIFT : 0)) {
      refuse(index, `shift ${layer.shift} is out of range`);
    }
    if (index > 0) {
      const before = layers[index - 1].outputs;
      if (layer.inputs !== before) refuse(index, `takes ${layer.inputs} inputs, the layer before gives ${before}`);
      if (layer.inputBits !== 1) refuse(index, 'only the first layer takes values of more than one bit');
    }
  });
}
