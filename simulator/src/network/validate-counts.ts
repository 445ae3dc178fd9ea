import { hasCleanTails } from '../bits/bit-matrix.js';
import { MAX_LAYERS, MAX_OUTPUTS, MAX_SHIFT } from './limits.js';
import { FormatError } from '../errors.js';
import {
  MAX_ACCUMULATOR,
  accumulatorMaximum,
  integerBits,
  neverThreshold,
  type CountingLayer,
  type CountingShape,
} from './counting-layer.js';

function refuse(layer: number, what: string, neuron?: number): never {
  throw new FormatError('bad-value', `Layer ${layer}: ${what}. Compile the model again.`, {
    layer,
    ...(neuron === undefined ? {} : { neuron }),
  });
}

/**
 * Checks that layers of these shapes follow one another.
 * @throws FormatError `format.bad-value` naming the layer.
 */
export function validateCountingShapes(layers: readonly CountingShape[]): void {
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
    if (accumulatorMaximum(layer) > MAX_ACCUMULATOR) refuse(index, 'accumulator wider than 31 bits');
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

/**
 * Checks that layers follow one another and that their numbers fit them.
 * @throws FormatError `format.bad-value` naming layer and neuron.
 */
export function validateCounts(layers: readonly CountingLayer[]): void {
  validateCountingShapes(layers);
  layers.forEach(validateCount);
}

/**
 * Checks that the numbers of a layer fit its shape.
 * @throws FormatError `format.bad-value` naming layer and neuron.
 */
export function validateCount(layer: CountingLayer, index: number): void {
  const { weights, thresholds, offsets } = layer;
  const isThreshold = layer.activation === 'threshold';
  if (weights.rows !== layer.outputs || weights.columns !== layer.inputs) {
    refuse(index, `weights are ${weights.rows} x ${weights.columns}, expected ${layer.outputs} x ${layer.inputs}`);
  }
  if (!hasCleanTails(weights)) refuse(index, 'weight bits beyond the last input are not 0');
  if (thresholds.length !== (isThreshold ? layer.outputs : 0)) refuse(index, `${thresholds.length} thresholds`);
  if (offsets.length !== (isThreshold ? 0 : layer.outputs)) refuse(index, `${offsets.length} offsets`);
  const never = neverThreshold(layer);
  const tooHigh = thresholds.findIndex((threshold) => threshold > never);
  if (tooHigh >= 0) refuse(index, `threshold of neuron ${tooHigh} is above ${never}`, tooHigh);
  if (!isThreshold && integerBits(layer) > 32) refuse(index, 'outputs do not fit 32 bits');
}
