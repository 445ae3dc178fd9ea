import type { PictureShape } from '../../../model/model.js';
import type { Windows } from '../../../train/freezing/place.js';
import { listAttribute, numberAttribute, type GraphNode } from './graph.js';
import { channelsFirst } from './layout.js';
import { refusal } from './refusal.js';
import { pictureOf, placeOf, type Reading, type Value } from './value.js';
import { geometryOf } from './weighted.js';

/** Reads MaxPool and AveragePool. */
export function throughPool(reading: Reading, node: GraphNode, value: Value): Value {
  const { shape, place } = pictureOf(node, value);
  const kernel = listAttribute(node, 'kernel_shape') ?? [];
  const size: readonly [number, number] = kernel.length === 1 ? [1, kernel[0]] : [kernel[0], kernel[1]];
  const { stride, padding, output } = geometryOf(node, [shape[0], shape[1]], size);
  const reaches = [0, 1].map((axis) => (output[axis] - 1) * stride[axis] + size[axis] - shape[axis]);
  const isCeiling = numberAttribute(node, 'ceil_mode', 0) === 1;
  const leavesOut = [0, 1].some((axis) => (shape[axis] - size[axis]) % stride[axis] !== 0);
  if (padding.some((size) => size > 0) || reaches.some((beyond) => beyond > 0) || (isCeiling && leavesOut)) {
    throw refusal(node, 'has windows that reach beyond the picture', 'Use pools without padding and ceil_mode.');
  }
  return pooled(
    reading,
    node,
    { ...value, place },
    { inputShape: shape, outputShape: [...output, shape[2]], size, stride },
  );
}

/** Reads GlobalMaxPool, GlobalAveragePool, and ReduceMean over all places. */
export function throughGlobalPool(reading: Reading, node: GraphNode, value: Value, keepsAxes: boolean): Value {
  const { shape, place } = pictureOf(node, value);
  const [height, width, channels] = shape;
  const windows = { inputShape: shape, outputShape: [1, 1, channels], size: [height, width], stride: [1, 1] } as const;
  const made = pooled(reading, node, { ...value, place }, windows);
  return keepsAxes ? made : { ...made, shape: [channels] };
}

function pooled({ builder }: Reading, node: GraphNode, value: Value, windows: Windows): Value {
  const { outputShape } = windows;
  const layout = channelsFirst(layersOf(outputShape, value.shape.length));
  // The largest of values that Relu or Clip holds is the largest, held.
  if (/Max/.test(node.operator)) return { ...value, ...layout, place: builder.maximum(value.place, windows) };
  return { kind: 'value', ...layout, place: builder.average(placeOf(node, value), windows) };
}

const layersOf = ([height, width, channels]: PictureShape, axes: number): readonly number[] =>
  axes === 3 ? [channels, height, width] : [channels, width];
