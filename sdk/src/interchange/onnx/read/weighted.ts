/** Gemm, MatMul and Conv: weighted sums. */
import type { PictureShape } from '../../../model/model.js';
import { one } from '../../../train/freezing/affine.js';
import type { PendingSums, Place } from '../../../train/freezing/place.js';
import { weigh, weighExactly } from '../../../train/freezing/weigh.js';
import { sizeOf, type Constant } from './constant.js';
import { listAttribute, numberAttribute, textAttribute, type GraphNode } from './graph.js';
import { channelsFirst, inOrder } from './layout.js';
import { refusal } from './refusal.js';
import { along, changed, fractionsOf, pictureOf, placeOf, type Reading, type Value } from './value.js';
import { kernelOf, wholeWeights, type RealWeights } from './weights.js';

/** Reads y = x W, or x W^T, for a row of values x. */
export function throughMatrix(
  reading: Reading,
  node: GraphNode,
  value: Value,
  weights: Constant,
  isTurned: boolean,
): Value {
  const { dims, values, steps } = weights;
  if (value.shape.length !== 1) {
    throw refusal(node, `takes a tensor of ${value.shape.length + 1} axes`, 'Flatten it to [N, values] first.');
  }
  const columns = value.order.length;
  const rows = sizeOf(dims) / columns;
  if (dims.length !== 2 || dims[isTurned ? 1 : 0] !== columns) {
    throw refusal(node, `has weights [${dims.join(', ')}] for ${columns} values`, 'Export the graph again.');
  }
  // Ours have a row an output, and columns in the order of our values.
  const gathered = (from: Float64Array): Float64Array => {
    const made = new Float64Array(from.length);
    value.order.forEach((place, index) => {
      for (let row = 0; row < rows; row++) {
        made[row * columns + place] = from[isTurned ? row * columns + index : index * rows + row];
      }
    });
    return made;
  };
  const real = { rows, columns, values: gathered(values), ...(steps === undefined ? {} : { steps: gathered(steps) }) };
  const place = weighed(reading, node, placeOf(node, value), real, false, undefined);
  return { kind: 'value', ...inOrder([rows]), place };
}

/** Reads a convolution over a picture or a line, with its bias. */
export function throughWindows(
  reading: Reading,
  node: GraphNode,
  value: Value,
  weights: Constant,
  bias: Constant | undefined,
): Value {
  const { place, shape } = pictureOf(node, { ...value, place: placeOf(node, value) });
  const [height, width, channels] = shape;
  const { dims, values, steps } = ungrouped(node, weights, channels);
  const size = dims.length === 4 ? ([dims[2], dims[3]] as const) : ([1, dims[2]] as const);
  const filters = dims[0];
  const { stride, padding, output } = geometryOf(node, [height, width], size);
  const taps = size[0] * size[1];
  const columns = taps * channels;
  // Ours lie [filter, y, x, channel], those of ONNX [filter, channel, y, x].
  const gathered = (from: Float64Array): Float64Array =>
    from.map((_, index) => {
      const filter = Math.floor(index / columns);
      const tap = Math.floor((index % columns) / channels);
      return from[(filter * channels + (index % channels)) * taps + tap];
    });
  const known = steps === undefined ? {} : { steps: gathered(steps) };
  const real = { rows: filters, columns, values: gathered(values), ...known };
  const outputShape: PictureShape = [...output, filters];
  const isPadded = [0, 1].some((axis) => {
    const end = (output[axis] - 1) * stride[axis] + size[axis] - padding[axis];
    return padding[axis] > 0 || end > shape[axis];
  });
  const windows = { inputShape: shape, outputShape, size, stride, padding };
  const made = weighed(reading, node, place, real, isPadded, windows);
  const outShape = value.shape.length === 3 ? [filters, ...output] : [filters, output[1]];
  const sums: Value = { kind: 'value', ...channelsFirst(outShape), place: made };
  return bias === undefined
    ? sums
    : biased(reading, node, sums, { ...bias, dims: outShape.map((_, axis) => (axis === 0 ? filters : 1)) });
}

/** Returns the kernel of a convolution in groups as one over all channels, with weights of 0. */
function ungrouped(node: GraphNode, { dims, values, steps, ...rest }: Constant, channels: number): Constant {
  const group = numberAttribute(node, 'group', 1);
  const [filters, each] = dims;
  if (each * group !== channels || filters % group !== 0) {
    throw refusal(node, `weighs ${each} of ${channels} channels in ${group} groups`, 'Export the graph again.');
  }
  const known = steps === undefined ? {} : { steps };
  if (group === 1) return { dims, values, ...known, ...rest };
  const taps = sizeOf(dims.slice(2));
  const spread = (from: Float64Array, otherwise: (filter: number) => number): Float64Array =>
    Float64Array.from({ length: filters * channels * taps }, (_, index) => {
      const filter = Math.floor(index / (channels * taps));
      const channel = (Math.floor(index / taps) % channels) - Math.floor(filter / (filters / group)) * each;
      const isOfGroup = channel >= 0 && channel < each;
      return isOfGroup ? from[(filter * each + channel) * taps + (index % taps)] : otherwise(filter);
    });
  return {
    ...rest,
    dims: [filters, channels, ...dims.slice(2)],
    values: spread(values, () => 0),
    ...(steps === undefined ? {} : { steps: spread(steps, (filter) => steps[filter * each * taps]) }),
  };
}

/** Adds a bias. */
export function biased(reading: Reading, node: GraphNode, value: Value, bias: Constant): Value {
  return changed(reading, node, value, [one], fractionsOf(along(node, value, bias)));
}

function weighed(
  { builder, note }: Reading,
  node: GraphNode,
  place: Place,
  real: RealWeights,
  isPadded: boolean,
  windows: PendingSums['windows'] | undefined,
): Place {
  const whole = wholeWeights(real);
  const needs = {
    binaryWeights: whole?.isBinary === true,
    exactWeights: whole !== undefined,
    columns: real.columns,
    isPadded,
  };
  const ready = builder.weighable(place, needs);
  const values = builder.rangeAt(ready.layer);
  const over = windows && { ...windows, inputShape: ready.shape };
  if (whole !== undefined) return weighExactly(ready, values, whole, over);
  builder.round();
  note('rounded-weights', node);
  const weighing = { kernel: kernelOf(real), rows: real.rows, binaryWeights: false, scale: 1, divisor: 1 };
  return weigh(ready, values, { ...weighing, sharesStep: false, ...(over === undefined ? {} : { windows: over }) });
}

export interface Geometry {
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number];
  readonly output: readonly [number, number];
}

/** Reads strides and padding, and computes how many windows there are. */
export function geometryOf(
  node: GraphNode,
  extent: readonly [number, number],
  size: readonly [number, number],
): Geometry {
  const pair = (values: readonly number[]): readonly [number, number] =>
    values.length === 1 ? [1, values[0]] : [values[0], values[1]];
  const stride = pair(listAttribute(node, 'strides') ?? [1, 1]);
  const dilations = listAttribute(node, 'dilations') ?? [];
  if (dilations.some((dilation) => dilation !== 1)) {
    throw refusal(node, `has dilations of ${dilations.join(' x ')}`, 'Use windows without dilation.');
  }
  const automatic = textAttribute(node, 'auto_pad', 'NOTSET');
  const pads = listAttribute(node, 'pads') ?? [];
  const isWhole = (least: number, values: readonly number[]): boolean =>
    values.every((value) => Number.isSafeInteger(value) && value >= least);
  if (!isWhole(1, [...size, ...stride]) || !isWhole(0, pads) || pads.length % 2 !== 0) {
    const why = `has windows of ${size.join(' x ')} every ${stride.join(' x ')}, padded by ${pads.join(', ') || 'nothing'}`;
    throw refusal(node, why, 'Give kernel_shape, strides and pads for each axis of a picture or a line.');
  }
  const half = pads.length / 2;
  const before = half === 0 ? [0, 0] : half === 1 ? [0, pads[0]] : pads.slice(0, 2);
  const after = half === 0 ? [0, 0] : half === 1 ? [0, pads[1]] : pads.slice(2);
  const axes = [0, 1].map((axis) => {
    if (automatic.startsWith('SAME')) {
      const output = Math.ceil(extent[axis] / stride[axis]);
      const missing = Math.max(0, (output - 1) * stride[axis] + size[axis] - extent[axis]);
      const padding = automatic === 'SAME_LOWER' ? Math.ceil(missing / 2) : Math.floor(missing / 2);
      return { padding, output };
    }
    const room = extent[axis] + before[axis] + after[axis] - size[axis];
    return { padding: before[axis], output: Math.floor(room / stride[axis]) + 1 };
  });
  const [one, other] = axes;
  if (axes.some(({ output, padding }, axis) => output < 1 || Math.max(padding, after[axis] ?? 0) >= size[axis])) {
    throw refusal(
      node,
      'has windows outside its picture',
      'Pad by less than a window, and keep windows smaller than pictures.',
    );
  }
  return { stride, padding: [one.padding, other.padding], output: [one.output, other.output] };
}
