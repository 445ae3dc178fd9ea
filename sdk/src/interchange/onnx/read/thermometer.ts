/** A comparison of every value with several numbers, which makes a thermometer of bits. */
import { exactFraction, ceiling, floor } from '../../../model/rational.js';
import { interceptAt, signOf, slopeAt } from '../../../train/freezing/affine.js';
import type { Constant } from './constant.js';
import type { GraphNode } from './graph.js';
import { refusal } from './refusal.js';
import { placeOf, type Condition, type Reading, type Value } from './value.js';

/** Tells whether a comparison of a tensor [..., channels, 1] with numbers [channels, levels] gives every value several bits. */
export const isThermometer = (shape: readonly number[], dims: readonly number[]): boolean =>
  shape.at(-1) === 1 && (dims.at(-1) ?? 1) > 1;

/**
 * Returns the bits of a thermometer as a condition that is known already: value >= number, or value > number if strict.
 * @throws ModelError unless the values are the input's, channels last, with numbers that it can reach
 */
export function thermometerOf(
  { builder }: Reading,
  node: GraphNode,
  value: Value,
  { dims, values }: Constant,
  { isStrict, isTurned }: Pick<Condition, 'isStrict' | 'isTurned'>,
): Condition {
  const place = placeOf(node, value);
  const channels = value.shape.at(-2) ?? 1;
  const levels = dims.at(-1)!;
  const isByChannel =
    [levels, levels * channels].includes(values.length) && dims.slice(0, -2).every((size) => size === 1);
  const isChannelsLast =
    place.shape[2] === channels && value.order.every((at, index) => at % channels === index % channels);
  if (place.layer !== -1 || place.pending !== undefined || !isByChannel || !isChannelsLast) {
    const why = 'compares each value with several numbers, which only the input can be, its channels last';
    throw refusal(node, why, 'Compare [..., channels, 1] of the input with [channels, levels].');
  }
  const { maximum } = builder.rangeAt(-1);
  const thresholds = Int32Array.from({ length: channels * levels }, (_, index) => {
    const channel = Math.floor(index / levels);
    const slope = slopeAt(place.affine, channel);
    const bound = exactFraction(values[index % values.length])
      .sub(interceptAt(place.affine, channel))
      .div(slope);
    const threshold = isStrict ? Number(floor(bound)) + 1 : Number(ceiling(bound));
    if (signOf(slope) > 0 && threshold <= maximum) return Math.max(threshold, 0);
    throw refusal(node, 'compares with numbers that no input reaches', 'Leave those numbers out.');
  });
  const shape = [...value.shape.slice(0, -1), levels];
  const order = Int32Array.from({ length: value.order.length * levels }, (_, index) => {
    return value.order[Math.floor(index / levels)] * levels + (index % levels);
  });
  const bits: Value = { kind: 'value', shape, order, place: builder.thermometer(place, thresholds) };
  return { kind: 'condition', shape, order, value: bits, isStrict: false, isTurned, areBits: true };
}
