/** Weighted sums and pools: operators that add or choose. */
import { signOfBit, getBit } from '@adiabit/simulator/bits';
import {
  isBinary,
  type ConvolutionLayer,
  type DenseLayer,
  type PoolLayer,
  type Weights,
} from '../../../model/model.js';
import type { Integers } from './activations.js';
import type { GraphWriter } from './graph-writer.js';
import { FLOAT_LIMIT, type Values } from './values.js';

export function writeDense(writer: GraphWriter, name: string, layer: DenseLayer, source: Values): Integers {
  const isBipolar = layer.inputEncoding === 'bipolar';
  const { rows, columns } = layer.weights;
  const weights = integersOf(layer.weights);
  const element = heaviest(weights, rows) * largestOf(source, isBipolar) < FLOAT_LIMIT ? 'float' : 'double';
  const values = isBipolar ? source.signs('rows', source.shape) : source.as('rows');
  const taken = writer.inElement(values, source.element, element);
  const kernel = kernelOf(writer, name, element, [rows, columns], weights);
  return { name: writer.node('Gemm', `${name}/sums`, [taken, kernel], { transB: 1 }), element, form: 'rows' };
}

export function writeConvolution(writer: GraphWriter, name: string, layer: ConvolutionLayer, source: Values): Integers {
  const { inputShape, outputShape, size, weights } = layer;
  const isBipolar = layer.inputEncoding === 'bipolar';
  const channels = inputShape[2];
  const filters = outputShape[2];
  const integers = integersOf(weights);
  // Ours lie [filter, y, x, channel], those of ONNX [filter, channel, y, x].
  const taps = size[0] * size[1];
  const turned = integers.map((_, index) => {
    const tap = index % taps;
    const channel = Math.floor(index / taps) % channels;
    const filter = Math.floor(index / (taps * channels));
    return integers[(filter * taps + tap) * channels + channel];
  });
  const values = isBipolar ? source.signs('planes', inputShape) : source.as('planes', inputShape);
  return convolve(writer, name, {
    layer: { ...layer, group: 1 },
    kernel: kernelOf(writer, name, 'float', [filters, channels, ...size], turned),
    heaviest: heaviest(integers, filters),
    values: { name: values, element: source.element, form: 'planes' },
    largest: largestOf(source, isBipolar),
  });
}

export function writePool(writer: GraphWriter, name: string, layer: PoolLayer, source: Values): Integers {
  const { inputShape, size, stride, operation, takesMinimum } = layer;
  const [height, width, channels] = inputShape;
  const values = { name: source.as('planes', inputShape), element: source.element, form: 'planes' } as const;
  if (operation === 'sum') {
    // A sum is a convolution of every channel by itself, with ones.
    const kernel = kernelOf(
      writer,
      name,
      'float',
      [channels, 1, ...size],
      new Int8Array(channels * size[0] * size[1]).fill(1),
    );
    const largest = largestOf(source, false);
    const windows = { ...layer, padding: [0, 0] as const, group: channels };
    return convolve(writer, name, { layer: windows, kernel, heaviest: size[0] * size[1], values, largest });
  }
  const turn = (of: string, step: string): string => {
    if (takesMinimum?.includes(1) !== true) return of;
    const signs = Int8Array.from(takesMinimum, (isMinimum) => (isMinimum === 1 ? -1 : 1));
    const constant = writer.constant(`${name}/${step}_signs`, source.element, [channels, 1, 1], signs);
    return writer.node('Mul', `${name}/${step}`, [of, constant]);
  };
  // The least is the negative of the largest negative.
  const largest = writer.node('MaxPool', `${name}/largest`, [turn(values.name, 'before')], {
    kernel_shape: size,
    strides: stride,
  });
  const cut = cutTo(writer, name, largest, { height, width, ...pooled(layer) }, layer.outputShape);
  return { ...values, name: turn(cut, 'values') };
}

interface Windowed {
  readonly layer: Pick<ConvolutionLayer, 'inputShape' | 'outputShape' | 'size' | 'stride' | 'padding'> & {
    readonly group: number;
  };
  readonly kernel: string;
  /** The largest sum of the magnitudes of a row's weights. */
  readonly heaviest: number;
  readonly values: Integers;
  /** The largest magnitude of a value. */
  readonly largest: number;
}

/**
 * Adds a convolution. Runtimes have it in float32 alone, so where sums could pass 2^24 the values are taken apart into
 * digits whose sums do not, and the sums of the digits are put together as float64.
 */
function convolve(writer: GraphWriter, name: string, { layer, kernel, heaviest, values, largest }: Windowed): Integers {
  const { inputShape, outputShape, size, stride, padding, group } = layer;
  const [top, left] = padding;
  const ends = [0, 1].map((axis) =>
    Math.max(0, (outputShape[axis] - 1) * stride[axis] + size[axis] - inputShape[axis] - padding[axis]),
  );
  const pads = [top, left, ...ends];
  const made = { height: inputShape[0] + top + ends[0], width: inputShape[1] + left + ends[1], size, stride };
  const sumsOf = (part: string, of: string, from: 'float' | 'double'): string => {
    const taken = writer.inElement(of, from, 'float');
    const attributes = { kernel_shape: size, strides: stride, pads, group };
    return cutTo(writer, part, writer.node('Conv', `${part}/sums`, [taken, kernel], attributes), made, outputShape);
  };
  if (heaviest * largest < FLOAT_LIMIT) {
    return { name: sumsOf(name, values.name, values.element), element: 'float', form: 'planes' };
  }
  const base = 2 ** Math.floor(Math.log2((FLOAT_LIMIT - 1) / heaviest));
  const wide = writer.inElement(values.name, values.element, 'double');
  return { name: digits(wide, largest, 0), element: 'double', form: 'planes' };

  /** Returns the sums of values of up to a magnitude: those of the lowest digit, and of what is left, times the base. */
  function digits(of: string, magnitude: number, place: number): string {
    const part = `${name}/digit${place}`;
    if (magnitude * heaviest < FLOAT_LIMIT) return writer.cast(`${part}/wide`, sumsOf(part, of, 'double'), 'double');
    const shifted = writer.node('Mul', `${part}/shifted`, [of, writer.scalar('double', 1 / base)]);
    const rest = writer.node('Floor', `${part}/rest`, [shifted]);
    const below = writer.node('Mul', `${part}/below`, [rest, writer.scalar('double', base)]);
    const digit = writer.node('Sub', `${part}/digit`, [of, below]);
    const low = writer.cast(`${part}/wide`, sumsOf(part, digit, 'double'), 'double');
    const high = digits(rest, Math.ceil(magnitude / base), place + 1);
    const scaled = writer.node('Mul', `${part}/high`, [high, writer.scalar('double', base)]);
    return writer.node('Add', `${part}/together`, [low, scaled]);
  }
}

const pooled = ({ size, stride }: PoolLayer) => ({ size, stride });

/** Leaves off the windows behind those that the layer has. */
function cutTo(
  writer: GraphWriter,
  name: string,
  of: string,
  made: {
    readonly height: number;
    readonly width: number;
    readonly size: readonly [number, number];
    readonly stride: readonly [number, number];
  },
  [height, width]: readonly number[],
): string {
  const { size, stride } = made;
  const rows = Math.floor((made.height - size[0]) / stride[0]) + 1;
  const columns = Math.floor((made.width - size[1]) / stride[1]) + 1;
  if (rows === height && columns === width) return of;
  const starts = writer.constant(`${name}/cut/starts`, 'int64', [2], [0, 0]);
  const ends = writer.constant(`${name}/cut/ends`, 'int64', [2], [height, width]);
  const axes = writer.constant(`${name}/cut/axes`, 'int64', [2], [2, 3]);
  return writer.node('Slice', `${name}/cut`, [of, starts, ends, axes]);
}

/** Writes weights as bytes, which a runtime turns into floats once. */
function kernelOf(
  writer: GraphWriter,
  name: string,
  element: 'float' | 'double',
  dims: readonly number[],
  weights: Int8Array,
): string {
  return writer.cast(`${name}/kernel`, writer.constant(`${name}/weights`, 'int8', dims, weights), element);
}

function integersOf(weights: Weights): Int8Array {
  if (!isBinary(weights)) return weights.values;
  const { rows, columns } = weights;
  return Int8Array.from({ length: rows * columns }, (_, index) =>
    signOfBit(getBit(weights, Math.floor(index / columns), index % columns)),
  );
}

function heaviest(weights: Int8Array, rows: number): number {
  const columns = weights.length / rows;
  let most = 0;
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let column = 0; column < columns; column++) sum += Math.abs(weights[row * columns + column]);
    most = Math.max(most, sum);
  }
  return most;
}

const largestOf = ({ range }: Values, isBipolar: boolean): number =>
  isBipolar ? 1 : Math.max(-range.minimum, range.maximum);
