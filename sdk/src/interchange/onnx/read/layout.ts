/** How the values of a tensor of the graph lie among ours, where the channels of a place lie together. */
import { sizeOf } from './constant.js';

export interface Layout {
  /** The shape of a tensor without the batch. */
  readonly shape: readonly number[];
  /** For each position of the tensor, row by row, the position of the same value among ours. */
  readonly order: Int32Array;
}

export const inOrder = (shape: readonly number[]): Layout => ({
  shape,
  order: Int32Array.from({ length: sizeOf(shape) }, (_, index) => index),
});

/** Gives the layout of a tensor [channels, ...places] whose values are ours. */
export function channelsFirst(shape: readonly number[]): Layout {
  const [channels] = shape;
  const places = sizeOf(shape) / channels;
  const order = Int32Array.from({ length: sizeOf(shape) }, (_, index) => {
    return (index % places) * channels + Math.floor(index / places);
  });
  return { shape, order };
}

/** Tells whether two tensors of as many values lie alike. */
export const liesAs = (one: Layout, other: Layout): boolean =>
  one.order.length === other.order.length && one.order.every((place, index) => place === other.order[index]);

/** Gives another shape to the same order. `dims` has the batch in front, as 1; undefined where that would be mixed with values. */
export function reshaped({ order }: Layout, [batch, ...shape]: readonly number[]): Layout | undefined {
  return batch === 1 && sizeOf(shape) === order.length ? { shape, order } : undefined;
}

/** Transposes by a permutation that has the batch in front. */
export function transposed({ shape, order }: Layout, permutation: readonly number[]): Layout | undefined {
  if (permutation[0] !== 0 || permutation.length !== shape.length + 1) return undefined;
  const axes = permutation.slice(1).map((axis) => axis - 1);
  const made = axes.map((axis) => shape[axis]);
  const strides = stridesOf(shape);
  const to = stridesOf(made);
  const from = (index: number): number =>
    axes.reduce((sum, axis, at) => sum + (Math.floor(index / to[at]) % made[at]) * strides[axis], 0);
  return { shape: made, order: order.map((_, index) => order[from(index)]) };
}

export const stridesOf = (shape: readonly number[]): readonly number[] =>
  shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));

/**
 * Spreads a constant over a tensor and returns it in our order: one number if it is the same everywhere, one a channel
 * where it follows from that, else one a value. Undefined where it does not fit.
 * @param dims of the constant, aligned at the end with the batch and the shape
 */
export function spread(
  { shape, order }: Layout,
  dims: readonly number[],
  values: ArrayLike<number>,
  channels: number,
): readonly number[] | undefined {
  const whole = [1, ...shape];
  const aligned = [...Array.from({ length: Math.max(0, whole.length - dims.length) }, () => 1), ...dims];
  if (aligned.length > whole.length || aligned.some((size, axis) => size !== 1 && size !== whole[axis])) {
    return undefined;
  }
  if (values.length === 1) return [values[0]];
  const strides = stridesOf(aligned);
  const to = stridesOf(whole);
  const at = (index: number): number =>
    aligned.reduce(
      (sum, size, axis) => sum + (size === 1 ? 0 : (Math.floor(index / to[axis]) % size) * strides[axis]),
      0,
    );
  const ours = new Array<number>(order.length);
  order.forEach((place, index) => (ours[place] = values[at(index)]));
  if (ours.every((value) => value === ours[0])) return [ours[0]];
  return ours.every((value, index) => value === ours[index % channels]) ? ours.slice(0, channels) : ours;
}
