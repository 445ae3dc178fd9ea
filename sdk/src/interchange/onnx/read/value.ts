import { fraction, type Fraction } from '../../../model/fractions.js';
import type { PictureShape } from '../../../model/model.js';
import { exactFraction } from '../../../model/rational.js';
import { type Affine, compose } from '../../../train/freezing/affine.js';
import type { ModelBuilder } from '../../../train/freezing/model-builder.js';
import type { Place } from '../../../train/freezing/place.js';
import type { Constant } from './constant.js';
import { channelsFirst, liesAs, spread, type Layout } from './layout.js';
import type { Rounding } from './quantization.js';
import { type NodeName, refusal } from './refusal.js';

/** Limits that Clip or Relu set; whoever reads the value has to see that they change nothing. */
export interface Limits {
  readonly minimum: number;
  readonly maximum: number;
}

/** A tensor that depends on the input: integers, what they stand for, and how they lie. */
export interface Value extends Layout {
  readonly kind: 'value';
  readonly place: Place;
  readonly limits?: Limits;
  /** Round, Floor or Ceil that still has to be done: how many whole numbers there are is for Clip to say. */
  readonly rounding?: Rounding;
}

/** The truth of `value >= 0`, or `value > 0` if strict; its opposite if turned. */
export interface Condition extends Layout {
  readonly kind: 'condition';
  readonly value: Value;
  readonly isStrict: boolean;
  readonly isTurned: boolean;
  /** If true, the value is the bits of the condition already. */
  readonly areBits?: boolean;
}

/** What changes no order of the outputs, such as Softmax, or only says which is the largest. */
export interface Answer extends Layout {
  readonly kind: 'answer';
  readonly value: Value;
}

export type Operand = Constant | Value | Condition | Answer;

/** What a reader of a graph does not have to refuse but should tell. */
export interface ImportNote {
  readonly kind: 'rounded-weights' | 'rounded-values' | 'sign-of-zero' | 'common-unit' | 'taken-as-whole';
  readonly node: string;
  readonly operator: string;
}

/** What nodes are read with. */
export interface Reading {
  readonly builder: ModelBuilder;
  readonly note: (kind: ImportNote['kind'], node: NodeName) => void;
}

/** Returns a constant as it falls on a value: one number, one a channel, or one a value. @throws ModelError if it does not */
export function along(node: NodeName, value: Value, { dims, values }: Constant): readonly number[] {
  const found = spread(value, dims, values, value.place.shape[2]);
  if (found !== undefined) return found;
  const shapes = `[${dims.join(', ')}] and [N, ${value.shape.join(', ')}]`;
  throw refusal(node, `combines shapes that do not go together, ${shapes}`, 'Export the graph with constant shapes.');
}

/** Returns slope * value + intercept, with numbers as `along` gives them. */
export function changed(
  { builder }: Reading,
  node: NodeName,
  value: Value,
  slopes: readonly Fraction[],
  intercepts: readonly Fraction[],
): Value {
  if (value.rounding !== undefined) throw unrounded(node);
  const channels = value.place.shape[2];
  const isByValue = [slopes, intercepts].some(({ length }) => length > Math.max(1, channels));
  // A number of its own for every value: each is a channel.
  const settled = isByValue ? builder.settle(value.place) : value.place;
  const place: Place = isByValue ? { ...settled, shape: [1, 1, value.order.length] } : settled;
  const affine = compose({ slopes, intercepts }, place.affine);
  const limits = value.limits && changedLimits(node, value.limits, slopes, intercepts);
  const made = { ...withoutLimits(value), place: { ...place, affine } };
  return limits === undefined ? made : { ...made, limits };
}

function changedLimits(
  node: NodeName,
  { minimum, maximum }: Limits,
  slopes: readonly Fraction[],
  intercepts: readonly Fraction[],
): Limits {
  if (slopes.length > 1 || intercepts.length > 1) throw unlimited(node);
  const [slope, intercept] = [slopes[0].valueOf(), intercepts[0].valueOf()];
  const ends = [slope * minimum + intercept, slope * maximum + intercept];
  return { minimum: Math.min(...ends), maximum: Math.max(...ends) };
}

/** Returns a value as it is before Clip or Relu. */
export const withoutLimits = ({ kind, place, shape, order }: Value): Value => ({ kind, place, shape, order });

export const fractionsOf = (values: readonly number[]): readonly Fraction[] => values.map(exactFraction);

export const halfOf = (value: Fraction): Fraction => value.div(fraction(2n, 1n));

/** Returns the place of a value that stands for itself. @throws ModelError if Clip, Relu or a rounding still has to be done */
export function placeOf(node: NodeName, { place, limits, rounding }: Value): Place {
  if (rounding !== undefined) throw unrounded(node);
  if (limits !== undefined) throw unlimited(node);
  return place;
}

const unrounded = (node: NodeName) =>
  refusal(node, 'takes rounded values without limits', 'Put Clip behind Round, Floor or Ceil, or quantise with Quant.');

const unlimited = (node: NodeName) =>
  refusal(
    node,
    'takes what Relu or Clip leaves real',
    'Put a quantisation behind Relu or Clip: Quant, BipolarQuant, Sign, or QuantizeLinear with DequantizeLinear.',
  );

/** A value as a picture of ours. */
export interface Picture {
  readonly place: Place;
  readonly shape: PictureShape;
}

/**
 * Takes a tensor [channels, height, width] or [channels, length] as a picture.
 * @throws ModelError if its values do not lie as those of a picture
 */
export function pictureOf(node: NodeName, value: Value): Picture {
  const { shape, place } = value;
  if (shape.length < 2 || shape.length > 3) {
    throw refusal(node, `takes a tensor of ${shape.length + 1} axes`, 'Windows go over [N, C, L] and [N, C, H, W].');
  }
  const [channels] = shape;
  const [height, width] = shape.length === 3 ? [shape[1], shape[2]] : [1, shape[1]];
  if (!liesAs(value, channelsFirst(shape))) {
    const remedy = 'Let convolutions take their input as the layer before gives it, channels first.';
    throw refusal(node, 'takes values in an order that no picture here has', remedy);
  }
  const picture: PictureShape = [height, width, channels];
  const isSame = place.shape.every((size, axis) => size === picture[axis]);
  if (isSame) return { place, shape: picture };
  const isByChannel = ({ slopes, intercepts }: Affine): boolean =>
    [slopes, intercepts].every(({ length }) => length === 1 || length === channels);
  if (place.pending === undefined && isByChannel(place.affine))
    return { place: { ...place, shape: picture }, shape: picture };
  throw refusal(node, 'takes a picture made of a row of values', 'Let pictures come from the input or a convolution.');
}
