import { bitMatrixFrom } from '../../bits/bit-matrix.js';
import {
  outputShapeOf,
  outputsOf,
  sourcesOf,
  valuesIn,
  type Activation,
  type AddLayer,
  type Layer,
  type LogicLayer,
  type NetworkInput,
  type Network,
  type PictureShape,
  type ThermometerLayer,
  type Weights,
} from '../network.js';
import { MAX_STEPS, STEPS_UNIT, type Preparation } from '../preparation.js';
import { inputRange, rangeOf, weightedRange, type Range } from '../ranges.js';

/** Gives a random integer below its argument. */
type Next = (below: number) => number;

type OneSource = Exclude<Layer, AddLayer | ThermometerLayer | LogicLayer>;

interface Place {
  readonly shape: PictureShape;
  /** Whether the input has zero points per channel, which dense layers do not support. */
  readonly isColoured?: boolean;
  readonly range: Range;
}

/**
 * Builds a small valid network of any layers: pictures with a number of values around that of a word, every weight
 * form, encoding and activation, padding, residual sums.
 */
export function randomLayers(next: Next): Network {
  const pick = <T>(...choices: readonly T[]): T => choices[next(choices.length)];
  const shape: PictureShape = pick([1, 1, pick(1, 31, 32, 33, 65)], [1, 9 + next(30), 1 + next(3)], pictureShape(next));
  const bits = pick(1, 1, 2, 5, 8);
  const input: NetworkInput = {
    count: valuesIn(shape),
    bits,
    ...(bits === 8 && next(2) === 0 ? { preparation: randomPreparation(next) } : {}),
    ...(next(3) === 0 ? { zeroPoints: Int32Array.from({ length: shape[2] }, () => next(2 ** bits)) } : {}),
  };
  const isColoured = input.zeroPoints !== undefined && shape[2] > 1;
  const places: Place[] = [];
  const layers: Layer[] = [];
  const placeAt = (layer: number): Place =>
    layer < 0 ? { shape, range: inputRange(input), isColoured } : places[layer];
  const add = (layer: Layer): void => {
    const before = sourcesOf(layer, layers.length).map((source) => placeAt(source).range);
    places.push({ shape: outputShapeOf(layer), range: rangeOf(layer, before).values });
    layers.push(layer);
  };
  if (input.zeroPoints === undefined && next(3) === 0) add(randomThermometer(next, shape, bits));
  for (let left = next(6) + (isColoured ? 1 : 0); left > 0; left--) add(randomLayer(next, layers.length, placeAt));
  const last = placeAt(layers.length - 1);
  if (isWide(last.range)) add(narrowed(next, last));
  add(dense(next, placeAt(layers.length - 1), pick(1, 2, 10), 'integer'));
  return { input, layers };
}

/** Draws a thermometer of up to four levels. */
export const randomThermometer = (next: Next, inputShape: PictureShape, bits: number): ThermometerLayer => ({
  kind: 'thermometer',
  inputShape,
  activation: {
    kind: 'threshold',
    thresholds: Int32Array.from({ length: inputShape[2] * (1 + next(4)) }, () => 1 + next(2 ** bits - 1)),
  },
});

/** Draws a logic layer of two to six pins a table. */
export function randomLogic(
  next: Next,
  inputShape: PictureShape,
  outputShape: PictureShape,
  tableInputs = 2 + next(5),
): LogicLayer {
  const [inputs, tables] = [valuesIn(inputShape), valuesIn(outputShape)];
  return {
    kind: 'logic',
    inputShape,
    outputShape,
    tableInputs,
    wires: Uint32Array.from({ length: tables * tableInputs }, () => next(inputs)),
    masks: bitMatrixFrom(tables, 2 ** tableInputs, () => next(2) === 1),
  };
}

/**
 * Builds a network of logic: a thermometer or an input of bits, now and then a convolution, layers of tables, and either
 * counts for each class or a dense layer.
 */
export function randomLogicNetwork(next: Next, size = 70): Network {
  const pick = <T>(...choices: readonly T[]): T => choices[next(choices.length)];
  const bits = pick(1, 2, 8);
  const shape: PictureShape = [1 + next(4), 1 + next(size), 1 + next(3)];
  const layers: Layer[] = [];
  if (bits > 1 || next(2) === 0) layers.push(randomThermometer(next, shape, bits));
  const before = (): PictureShape => (layers.length === 0 ? shape : outputShapeOf(layers[layers.length - 1]));
  if (next(4) === 0) layers.push(bitConvolution(next, before()));
  if (next(2) === 0) layers.push(randomLogic(next, before(), [1, 1, pick(1, 31, 32, 33, 63, 64, 65)]));
  const classes = pick(2, 3, 10);
  const tablesPerClass = pick(1, 3, 7, 31, 33);
  layers.push(randomLogic(next, before(), [1, tablesPerClass, classes]));
  if (next(2) === 0) layers.push(...countsPerClass(next, [1, tablesPerClass, classes]));
  else layers.push(dense(next, { shape: before(), range: { minimum: 0, maximum: 1 } }, classes, 'integer'));
  return { input: { count: valuesIn(shape), bits }, layers };
}

/** Builds the end of a network that counts the tables of each class. */
function countsPerClass(next: Next, inputShape: PictureShape): Layer[] {
  const [, tablesPerClass, classes] = inputShape;
  const outputShape = [1, 1, classes] as const;
  const [size, stride] = [[1, tablesPerClass] as const, [1, 1] as const];
  return [
    { kind: 'pool', operation: 'sum', inputShape, outputShape, size, stride },
    { kind: 'activation', inputShape: outputShape, activation: integer(next, classes, 3) },
  ];
}

const randomPreparation = (next: Next): Preparation => ({
  kind: 'standardize',
  samples: next(2) === 0 ? 'linear' : 'muLaw',
  steps: [1, STEPS_UNIT, 1 + next(MAX_STEPS), MAX_STEPS][next(4)],
});

const pictureShape = (next: Next): PictureShape => [2 + next(7), 2 + next(7), [1, 2, 3, 8, 31, 32, 33][next(7)]];

/** Tells whether sums of products could exceed 31 bits. */
const isWide = ({ minimum, maximum }: Range): boolean => minimum < -(2 ** 15) || maximum >= 2 ** 15;

function narrowed(next: Next, { shape, range }: Place): OneSource {
  return { kind: 'activation', inputShape: shape, activation: requantize(next, shape[2], range) };
}

function randomLayer(next: Next, index: number, placeAt: (layer: number) => Place): Layer {
  const source = next(4) === 0 ? next(index + 1) - 1 : index - 1;
  const place = placeAt(source);
  const from = source === index - 1 ? {} : { from: source };
  if (isWide(place.range)) return { ...narrowed(next, place), ...from };
  const alike = Array.from({ length: index + 1 }, (_, at) => at - 1).filter(
    (layer) => String(placeAt(layer).shape) === String(place.shape) && !isWide(placeAt(layer).range),
  );
  switch (next(6)) {
    case 0:
      return { kind: 'add', from: [source, alike[next(alike.length)]], inputShape: place.shape };
    case 1: {
      const { shape } = place;
      const activation = randomActivation(next, shape[2], place.range);
      return { kind: 'activation', ...from, inputShape: shape, activation };
    }
    case 2:
      return { ...pool(next, place.shape), ...from };
    case 3:
      return { ...(place.isColoured === true ? convolution(next, place) : dense(next, place, 1 + next(40))), ...from };
    default:
      return { ...convolution(next, place), ...from };
  }
}

/** Draws weights; binary ones if sums of 8-bit weights could exceed 31 bits. */
function randomWeights(next: Next, rows: number, columns: number, { minimum, maximum }: Range): Weights {
  const reach = 127 * columns * Math.max(-minimum, maximum);
  if (reach > 2 ** 27 || next(2) === 0) return bitMatrixFrom(rows, columns, () => next(2) === 1);
  return { rows, columns, values: Int8Array.from({ length: rows * columns }, () => next(255) - 127) };
}

const encodingFor = (next: Next, { minimum, maximum }: Range) =>
  minimum >= 0 && maximum <= 1 && next(2) === 0 ? 'bipolar' : 'unsigned';

function dense(next: Next, place: Place, outputs: number, kind?: 'integer'): OneSource {
  const inputs = valuesIn(place.shape);
  const weights = randomWeights(next, outputs, inputs, place.range);
  const inputEncoding = encodingFor(next, place.range);
  const sums = weightedRange(weights, inputEncoding, place.range);
  const activation = kind === 'integer' ? integer(next, outputs, 3) : randomActivation(next, outputs, sums);
  return { kind: 'dense', inputs, outputs, inputEncoding, weights, activation };
}

function convolution(next: Next, { shape, range }: Place): OneSource {
  const filters = [1, 2, 8, 31, 32, 33][next(6)];
  const axes = [0, 1].map((axis) => {
    const extent = shape[axis];
    const size = 1 + next(Math.min(3, extent));
    const stride = 1 + next(2);
    const padding = next(size);
    return { size, stride, padding, outputs: Math.floor((extent + 2 * padding - size) / stride) + 1 };
  });
  const pair = (field: 'size' | 'stride' | 'padding') => [axes[0][field], axes[1][field]] as const;
  const weights = randomWeights(next, filters, axes[0].size * axes[1].size * shape[2], range);
  const inputEncoding = encodingFor(next, range);
  const activation = randomActivation(next, filters, weightedRange(weights, inputEncoding, range));
  return {
    kind: 'convolution',
    inputShape: shape,
    outputShape: [axes[0].outputs, axes[1].outputs, filters],
    size: pair('size'),
    stride: pair('stride'),
    padding: pair('padding'),
    inputEncoding,
    weights,
    activation,
  };
}

function pool(next: Next, shape: PictureShape): OneSource {
  const axes = [0, 1].map((axis) => {
    const size = 1 + next(Math.min(3, shape[axis]));
    const stride = 1 + next(3);
    return { size, stride, outputs: Math.floor((shape[axis] - size) / stride) + 1 };
  });
  const operation = next(2) === 0 ? 'sum' : 'extreme';
  const flags = Uint8Array.from({ length: shape[2] }, () => next(2));
  return {
    kind: 'pool',
    operation,
    inputShape: shape,
    outputShape: [axes[0].outputs, axes[1].outputs, shape[2]],
    ...(operation === 'extreme' && next(2) === 0 ? { takesMinimum: flags } : {}),
    size: [axes[0].size, axes[1].size],
    stride: [axes[0].stride, axes[1].stride],
  };
}

function randomActivation(next: Next, channels: number, sums: Range): Activation {
  switch (next(4)) {
    case 0:
      return requantize(next, channels, sums);
    case 1:
      return isWide(sums) ? requantize(next, channels, sums) : integer(next, channels, 2);
    default: {
      const spread = Math.min(sums.maximum - sums.minimum + 2, 2 ** 20);
      const middle = Math.round((sums.minimum + sums.maximum) / 2);
      const thresholds = Int32Array.from(
        { length: channels },
        () => middle + Math.round((next(spread) - spread / 2) / (1 + next(8))),
      );
      if (next(3) > 0) return { kind: 'threshold', thresholds };
      return { kind: 'threshold', thresholds, inverted: Uint8Array.from({ length: channels }, () => next(2)) };
    }
  }
}

const integer = (next: Next, channels: number, shifts: number): Activation => ({
  kind: 'integer',
  shift: next(shifts),
  offsets: Int32Array.from({ length: channels }, () => next(200) - 100),
});

function requantize(next: Next, channels: number, { minimum, maximum }: Range): Activation {
  const largest = Math.floor(2 ** 30 / Math.max(1, Math.abs(minimum), Math.abs(maximum)));
  const multiplier = Math.min(largest, 2 ** 20);
  const limits = [
    [0, 255],
    [-128, 127],
    [-20, 1000],
    [-32767, 32767],
    [0, 1],
  ] as const;
  const [low, high] = limits[next(limits.length)];
  return {
    kind: 'requantize',
    shift: 8 + next(16),
    minimum: low,
    maximum: high,
    multipliers: Int32Array.from({ length: channels }, () => next(2 * multiplier + 1) - multiplier),
    offsets: Int32Array.from({ length: channels }, () => next(2 ** 29) - 2 ** 28),
  };
}

/**
 * Builds a network whose convolutions are of bits: a thermometer, up to two convolutions with thresholds, outputs. Pictures
 * have rows of one to some 70 places.
 */
export function randomBitConvolutions(next: Next): Network {
  const shape: PictureShape = [1 + next(9), 1 + next(next(2) === 0 ? 70 : 20), 1 + next(4)];
  const input: NetworkInput = { count: valuesIn(shape), bits: 3 };
  const layers: Layer[] = [randomThermometer(next, shape, input.bits)];
  const range: Range = { minimum: 0, maximum: 1 };
  for (let left = 1 + next(2); left > 0; left--) {
    const before = outputShapeOf(layers[layers.length - 1]);
    layers.push(bitConvolution(next, before));
  }
  layers.push(dense(next, { shape: outputShapeOf(layers[layers.length - 1]), range }, 3, 'integer'));
  return { input, layers };
}

function bitConvolution(next: Next, inputShape: PictureShape): Layer {
  const filters = [1, 3, 7, 8, 9, 16, 33][next(7)];
  const axes = [0, 1].map((axis) => {
    const size = 1 + next(5);
    const stride = 1 + next(3);
    const padding = next(size);
    const outputs = Math.floor((inputShape[axis] - 1 + padding) / stride) + 1;
    return { size, stride, padding, outputs: next(3) === 0 ? outputs : Math.max(1, outputs - next(3)) };
  });
  const pair = (field: 'size' | 'stride' | 'padding') => [axes[0][field], axes[1][field]] as const;
  const columns = axes[0].size * axes[1].size * inputShape[2];
  const spread = 2 * Math.ceil(Math.sqrt(columns)) + 3;
  const thresholds = Int32Array.from({ length: filters }, () =>
    next(20) === 0 ? (next(2) === 0 ? -1 : 1) * 2 ** 31 : next(spread) - (spread >> 1),
  );
  return {
    kind: 'convolution',
    inputShape,
    outputShape: [axes[0].outputs, axes[1].outputs, filters],
    size: pair('size'),
    stride: pair('stride'),
    padding: pair('padding'),
    inputEncoding: next(2) === 0 ? 'bipolar' : 'unsigned',
    weights: bitMatrixFrom(filters, columns, () => next(2) === 1),
    activation: { kind: 'threshold', thresholds },
  };
}

/** Draws inputs: the two extremes, then random ones. */
export function randomInputs(next: Next, { input: { count, bits } }: Network, howMany: number): Uint8Array[] {
  return Array.from({ length: howMany }, (_, index) =>
    index < 2
      ? new Uint8Array(count).fill(index * (2 ** bits - 1))
      : Uint8Array.from({ length: count }, () => next(2 ** bits)),
  );
}

/** Counts the numbers that a network computes, to bound the time of a test. */
export const valuesOf = ({ layers }: Network): number => layers.reduce((sum, layer) => sum + outputsOf(layer), 0);
