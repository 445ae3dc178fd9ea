import { hasCleanTails } from '../bits/bit-matrix.js';
import { ModelError } from '../errors.js';
import {
  type Activation,
  type ConvolutionLayer,
  givesBits,
  inputsOf,
  type Layer,
  LARGEST_TABLE_INPUTS,
  levelsOf,
  type LogicLayer,
  MAX_INTEGER_SHIFT,
  type Network,
  outputsOf,
  type PoolLayer,
  SMALLEST_TABLE_INPUTS,
  sourcesOf,
  type ThermometerLayer,
} from './network.js';
import { checkPreparation } from './preparation.js';
import { INT32, inputRange, layerRanges, type Range } from './ranges.js';

/** Checks that the parts of a network fit each other. */
export function validateNetwork(network: Network): void {
  const { input, layers } = network;
  if (!Number.isInteger(input.bits) || input.bits < 1 || input.bits > 8) {
    throw new ModelError('bad-value', `Inputs of ${input.bits} bits are not supported; use 1 to 8.`);
  }
  if (input.preparation !== undefined) checkPreparation(input.preparation, input.count, input.bits);
  if (layers.length === 0) throw new ModelError('shape-mismatch', 'A network has at least one layer.');
  layers.forEach((layer, index) => {
    checkSources(network, layer, index);
    checkShape(layer, index);
    if (layer.kind === 'thermometer') checkThermometer(network, layer, index);
    if (layer.kind === 'logic') checkLogic(network, layer, index);
  });
  checkInputChannels(network);
  checkRanges(network);
  const last = layers[layers.length - 1];
  if (!('activation' in last) || last.activation.kind !== 'integer') {
    refuse(layers.length - 1, 'is the last, so it must give integers');
  }
}

function checkSources({ input, layers }: Network, layer: Layer, index: number): void {
  for (const source of sourcesOf(layer, index)) {
    if (!Number.isInteger(source) || source < -1 || source >= index) refuse(index, `cannot take from layer ${source}`);
    const arrive = source < 0 ? input.count : outputsOf(layers[source]);
    const takes = inputsOf(layer);
    if (takes !== arrive) refuse(index, `takes ${takes} inputs where ${arrive} arrive`);
  }
}

function checkShape(layer: Layer, index: number): void {
  switch (layer.kind) {
    case 'dense':
      checkWeights(layer, layer.outputs, layer.inputs, index);
      checkActivation(layer.activation, layer.outputs, index);
      break;
    case 'convolution': {
      const [, , channels] = layer.inputShape;
      const [, , filters] = layer.outputShape;
      checkWindows(layer, index);
      checkWeights(layer, filters, layer.size[0] * layer.size[1] * channels, index);
      checkActivation(layer.activation, filters, index);
      break;
    }
    case 'pool': {
      const [, , channels] = layer.inputShape;
      checkWindows(layer, index);
      if (layer.outputShape[2] !== channels) refuse(index, `makes ${layer.outputShape[2]} channels of ${channels}`);
      checkCount(layer.takesMinimum, channels, 'choices of an extreme', index);
      break;
    }
    case 'activation':
      checkActivation(layer.activation, layer.inputShape[2], index);
      break;
    case 'add':
    case 'logic':
    case 'thermometer':
  }
}

/** Checks a thermometer. Its thresholds have as many bits as the values. */
function checkThermometer({ input }: Network, layer: ThermometerLayer, index: number): void {
  const { thresholds, inverted } = layer.activation;
  if (index > 0) refuse(index, 'is a thermometer, which is the first layer only');
  if (input.zeroPoints !== undefined) refuse(index, 'is a thermometer of an input with zero points');
  if (inverted !== undefined) refuse(index, 'is a thermometer with inverted bits');
  if (thresholds.length === 0 || !Number.isInteger(levelsOf(layer))) {
    refuse(index, `has ${thresholds.length} thresholds for ${layer.inputShape[2]} channels`);
  }
  const outside = thresholds.find((threshold) => threshold < 0 || threshold >= 2 ** input.bits);
  if (outside !== undefined) refuse(index, `has a threshold ${outside} of values of ${input.bits} bits`);
}

/** Checks a logic layer. Its source gives bits and nothing else, so that devices find them packed. */
function checkLogic({ input, layers }: Network, layer: LogicLayer, index: number): void {
  const { tableInputs, wires, masks } = layer;
  if (!Number.isInteger(tableInputs) || tableInputs < SMALLEST_TABLE_INPUTS || tableInputs > LARGEST_TABLE_INPUTS) {
    refuse(index, `has tables of ${tableInputs} inputs; use ${SMALLEST_TABLE_INPUTS} to ${LARGEST_TABLE_INPUTS}`);
  }
  const tables = outputsOf(layer);
  checkCount(wires, tables * tableInputs, 'wires', index, 'pins');
  if (masks.rows !== tables || masks.columns !== 2 ** tableInputs) {
    refuse(index, `masks are ${masks.rows} x ${masks.columns}, expected ${tables} x ${2 ** tableInputs}`);
  }
  if (!hasCleanTails(masks)) refuse(index, 'has bits behind its masks');
  const inputs = inputsOf(layer);
  const outside = wires.find((position) => position >= inputs);
  if (outside !== undefined) refuse(index, `has a wire from value ${outside} of ${inputs}`);
  const [source] = sourcesOf(layer, index);
  const isPlainBit = input.bits === 1 && input.zeroPoints === undefined;
  if (source < 0 ? !isPlainBit : !givesBits(layers[source])) refuse(index, 'is logic over values that are not bits');
}

function checkWeights(
  { weights }: { readonly weights: { readonly rows: number; readonly columns: number } },
  rows: number,
  columns: number,
  index: number,
): void {
  if (weights.rows !== rows || weights.columns !== columns) {
    refuse(index, `weights are ${weights.rows} x ${weights.columns}, expected ${rows} x ${columns}`);
  }
}

/** Checks windows. Those of a convolution may reach beyond the picture, those of a pool may not. */
function checkWindows(layer: ConvolutionLayer | PoolLayer, index: number): void {
  const padding = layer.kind === 'convolution' ? layer.padding : [0, 0];
  for (const axis of [0, 1]) {
    const before = padding[axis];
    const starts = (layer.outputShape[axis] - 1) * layer.stride[axis] - before;
    const limit = layer.inputShape[axis] - (layer.kind === 'pool' ? layer.size[axis] : 1);
    if (before < 0 || before >= layer.size[axis] || starts > limit) refuse(index, 'has windows outside its picture');
  }
}

function checkActivation(activation: Activation, channels: number, index: number): void {
  switch (activation.kind) {
    case 'threshold':
      checkCount(activation.thresholds, channels, 'thresholds', index);
      checkCount(activation.inverted, channels, 'inversions', index);
      break;
    case 'requantize':
      checkCount(activation.multipliers, channels, 'multipliers', index);
      checkCount(activation.offsets, channels, 'offsets', index);
      checkShift(activation.shift, 31, index);
      if (activation.minimum > activation.maximum) refuse(index, 'has a minimum above its maximum');
      break;
    case 'integer':
      checkCount(activation.offsets, channels, 'offsets', index);
      checkShift(activation.shift, MAX_INTEGER_SHIFT, index);
  }
}

function checkShift(shift: number, maximum: number, index: number): void {
  if (!Number.isInteger(shift) || shift < 0 || shift > maximum)
    refuse(index, `has shift ${shift}; use 0 to ${maximum}`);
}

function checkCount(
  constants: ArrayLike<number> | undefined,
  count: number,
  what: string,
  index: number,
  owners = 'channels',
): void {
  if (constants !== undefined && constants.length !== count) {
    refuse(index, `has ${constants.length} ${what} for ${count} ${owners}`);
  }
}

/** Checks zero points against the channels of the first layer, which alone subtracts them. */
function checkInputChannels({ input: { zeroPoints }, layers }: Network): void {
  if (zeroPoints === undefined) return;
  layers.forEach((layer, index) => {
    if (!sourcesOf(layer, index).includes(-1)) return;
    const channels = layer.kind === 'dense' ? 1 : layer.inputShape[2];
    checkCount(zeroPoints, channels, 'zero points', index);
  });
}

function checkRanges(network: Network): void {
  const ranges = layerRanges(network);
  network.layers.forEach((layer, index) => {
    const isInt32 = ({ minimum, maximum }: Range) => minimum >= INT32.minimum && maximum <= INT32.maximum;
    if (!isInt32(ranges[index].sums)) refuse(index, 'has sums of more than 31 bits');
    if (!isInt32(ranges[index].values)) refuse(index, 'has values of more than 31 bits');
    if (
      'activation' in layer &&
      layer.activation.kind === 'requantize' &&
      !isInt32(productRange(layer.activation, ranges[index].sums))
    ) {
      refuse(index, 'exceeds 32 bits while it requantizes');
    }
    if ('inputEncoding' in layer && layer.inputEncoding === 'bipolar') {
      const [source] = sourcesOf(layer, index);
      const { minimum, maximum } = source < 0 ? inputRange(network.input) : ranges[source].values;
      if (minimum < 0 || maximum > 1) refuse(index, 'values of several bits cannot be read as +1 and -1');
    }
  });
}

/** Gives the range of value * multiplier + offset. */
function productRange(
  { multipliers, offsets }: { readonly multipliers: Int32Array; readonly offsets: Int32Array },
  sums: Range,
): Range {
  const ends = [...multipliers].flatMap((multiplier, channel) =>
    [sums.minimum, sums.maximum].map((sum) => sum * multiplier + offsets[channel]),
  );
  return { minimum: Math.min(...ends), maximum: Math.max(...ends) };
}

function refuse(layer: number, what: string): never {
  throw new ModelError('shape-mismatch', `Layer ${layer}: ${what}.`, { layer });
}
