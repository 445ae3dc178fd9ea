/** Operators that make integers of few values: signs, comparisons, quantisations. */
import { fraction, type Fraction } from '../../../model/fractions.js';
import type { RequantizeActivation } from '../../../model/model.js';
import { ceiling, exactFraction, floor, roundHalfUp } from '../../../model/rational.js';
import type { Range } from '../../../model/ranges.js';
import { requantizeOf, thresholdsOf } from '../../../train/freezing/activations.js';
import { type Affine, compose, interceptAt, one, signOf, slopeAt, zero } from '../../../train/freezing/affine.js';
import type { Grid, Rounding } from './quantization.js';
import { type NodeName, refusal } from './refusal.js';
import { changed, placeOf, type Condition, type Limits, type Reading, type Value, withoutLimits } from './value.js';

/** Makes the condition value >= 0, or value > 0. @throws ModelError if Clip or Relu before it decides it already */
export function conditionOf(node: NodeName, value: Value, isStrict = false, isTurned = false): Condition {
  const { limits, ...free } = value;
  placeOf(node, free);
  if (limits !== undefined) {
    const isOpen = isStrict ? limits.minimum <= 0 && limits.maximum > 0 : limits.minimum < 0 && limits.maximum >= 0;
    if (!isOpen) {
      const why = 'compares what Relu or Clip cuts off, so that it always gives the same';
      throw refusal(node, why, 'Take Relu or Clip out, or compare inside its limits.');
    }
  }
  const { shape, order } = value;
  return { kind: 'condition', shape, order, value: free, isStrict, isTurned };
}

/** Returns `high` where a condition holds, else `low`. */
export function chosenBy(
  reading: Reading,
  { value, isStrict, isTurned, areBits }: Condition,
  high: readonly Fraction[],
  low: readonly Fraction[],
): Value {
  const [fires, rests] = isStrict === isTurned ? [high, low] : [low, high];
  const channels = Math.max(fires.length, rests.length);
  const slopes = Array.from({ length: channels }, (_, at) => fires[at % fires.length].sub(rests[at % rests.length]));
  if (areBits === true) return { ...value, place: { ...value.place, affine: { slopes, intercepts: rests } } };
  // x > 0 is the opposite of -x >= 0.
  const compared = isStrict ? changed(reading, { name: '', operator: 'Neg' }, value, [one.neg()], [zero]) : value;
  const place = reading.builder.activate(compared.place, (affine, count, sums) => ({
    activation: thresholdsOf(affine, count, sums),
    affine: { slopes, intercepts: rests },
    isRounded: false,
  }));
  return { ...value, place };
}

/** Tells whether some integer stands for exactly 0. */
export function canBeZero({ place: { affine, shape } }: Value): boolean {
  return Array.from({ length: shape[2] }, (_, channel) => channel).some((channel) => {
    const slope = slopeAt(affine, channel);
    if (signOf(slope) === 0) return signOf(interceptAt(affine, channel)) === 0;
    return interceptAt(affine, channel).div(slope).d === 1n;
  });
}

/** Where whole numbers stand: real = scale * (whole - zero). */
export interface Scaling {
  readonly scale: readonly number[];
  readonly zero: readonly number[];
}

/**
 * Rounds a value to whole numbers: exactly where they are the integers that are there already, where two of them decide
 * by a threshold, or where a product and a shift give the same for every integer that can occur.
 */
export function quantized(
  reading: Reading,
  node: NodeName,
  value: Value,
  grid: Grid,
  { scale, zero: zeros }: Scaling,
): Value {
  const { builder } = reading;
  if (scale.includes(0)) throw refusal(node, 'has a scale of 0', 'Export the graph again.');
  const inverse = scale.map((step) => one.div(exactFraction(step)));
  const whole = changed(reading, node, value, inverse, zeros.map(exactFraction));
  const limits = heldWithin(grid, whole.limits);
  const real = (place: Value): Value => {
    const steps = scale.map(exactFraction);
    const length = Math.max(scale.length, zeros.length);
    const intercepts = Array.from({ length }, (_, at) =>
      steps[at % steps.length].mul(exactFraction(zeros[at % zeros.length])).neg(),
    );
    return changed(reading, node, place, steps, intercepts);
  };
  const free = withoutLimits(whole);
  if (limits.minimum === limits.maximum) throw refusal(node, 'leaves one value', 'Use more bits.');
  if (limits.maximum === limits.minimum + 1) {
    const { isStrict, bound } = stepAt(grid.rounding, limits.maximum);
    const above = changed(reading, node, free, [one], [bound.neg()]);
    const condition: Condition = { ...free, kind: 'condition', value: above, isStrict, isTurned: false };
    return real(chosenBy(reading, condition, [exactFraction(limits.maximum)], [exactFraction(limits.minimum)]));
  }
  const { place } = free;
  if (place.pending === undefined) {
    const moves = movesOf(place.affine, place.shape[2], builder.rangeAt(place.layer), grid.rounding, limits);
    if (moves !== undefined)
      return real({ ...free, place: { ...place, affine: { slopes: [one], intercepts: moves } } });
  }
  const shift = centre(zeros);
  const made = builder.activate(place, (affine, channels, sums) => {
    const moved = compose({ slopes: [one], intercepts: [exactFraction(-shift)] }, affine);
    const held = { minimum: limits.minimum - shift, maximum: limits.maximum - shift };
    const half = compose({ slopes: [one], intercepts: [halfUp(grid.rounding)] }, moved);
    const activation = requantizeOf(half, channels, sums, 1, held);
    const isExact = givesSame(activation, moved, sums, grid.rounding);
    if (!isExact) reading.note('rounded-values', node);
    return { activation, affine: { slopes: [one], intercepts: [exactFraction(shift)] }, isRounded: !isExact };
  });
  return real({ ...free, place: made });
}

/** Integers near the zeros are moved so that 0 stands for 0, where that is a whole number. */
const centre = (zeros: readonly number[]): number =>
  zeros.every((point) => point === zeros[0] && Number.isInteger(point)) ? zeros[0] : 0;

/** Narrows a grid to what Clip or Relu leaves. */
function heldWithin({ minimum, maximum, rounding }: Grid, limits: Limits | undefined): Range {
  if (limits === undefined) return { minimum, maximum };
  const at = (end: number): number => (Number.isFinite(end) ? Number(roundedBy(rounding, exactFraction(end))) : end);
  return { minimum: Math.max(minimum, at(limits.minimum)), maximum: Math.min(maximum, at(limits.maximum)) };
}

/** Says from where on a number is rounded to at least `whole`. */
function stepAt(rounding: Rounding, whole: number): { readonly isStrict: boolean; readonly bound: Fraction } {
  const at = exactFraction(whole);
  const half = fraction(1n, 2n);
  switch (rounding) {
    case 'down':
      return { isStrict: false, bound: at };
    case 'up':
      return { isStrict: true, bound: at.sub(one) };
    case 'half-up':
      return { isStrict: false, bound: at.sub(half) };
    case 'half-even':
      return { isStrict: whole % 2 !== 0, bound: at.sub(half) };
  }
}

function roundedBy(rounding: Rounding, value: Fraction): bigint {
  switch (rounding) {
    case 'down':
      return floor(value);
    case 'up':
      return ceiling(value);
    case 'half-up':
      return roundHalfUp(value);
    case 'half-even': {
      const up = roundHalfUp(value);
      const isTie = value.add(fraction(1n, 2n)).d === 1n;
      return isTie && up % 2n !== 0n ? up - 1n : up;
    }
  }
}

/** What is added before rounding halves upwards, so that it rounds another way. */
function halfUp(rounding: Rounding): Fraction {
  const half = fraction(1n, 2n);
  if (rounding === 'down') return half.neg();
  return rounding === 'up' ? half.sub(fraction(1n, 2n ** 20n)) : zero;
}

/** Returns what to add to the integers of each channel, if that makes the whole numbers of all of them. */
function movesOf(
  affine: Affine,
  channels: number,
  range: Range,
  rounding: Rounding,
  limits: Range,
): readonly Fraction[] | undefined {
  const count = Math.max(affine.slopes.length, affine.intercepts.length);
  if (range.maximum - range.minimum > 255 || count > channels) return undefined;
  const moves: Fraction[] = [];
  for (let channel = 0; channel < count; channel++) {
    const wholeAt = (value: number): number => held(rounding, affine, channel, value, limits);
    const move = wholeAt(range.minimum) - range.minimum;
    for (let value = range.minimum; value <= range.maximum; value++)
      if (wholeAt(value) !== value + move) return undefined;
    moves.push(exactFraction(move));
  }
  return moves;
}

function held(rounding: Rounding, affine: Affine, channel: number, value: number, { minimum, maximum }: Range): number {
  const real = slopeAt(affine, channel).mul(exactFraction(value)).add(interceptAt(affine, channel));
  return Math.min(Math.max(Number(roundedBy(rounding, real)), minimum), maximum);
}

/** How many integers are tried for a proof: half a second of fractions. */
const INTEGERS_TO_TRY = 100_000;

/** Tells whether a product and a shift give the rounded number for every integer that can occur. */
function givesSame(
  { multipliers, offsets, shift, minimum, maximum }: RequantizeActivation,
  affine: Affine,
  sums: Range,
  rounding: Rounding,
): boolean {
  const channels = Math.max(affine.slopes.length, affine.intercepts.length);
  if ((sums.maximum - sums.minimum + 1) * channels > INTEGERS_TO_TRY) return false;
  for (let channel = 0; channel < channels; channel++) {
    for (let sum = sums.minimum; sum <= sums.maximum; sum++) {
      const scaled = (sum * multipliers[channel] + offsets[channel]) >> shift;
      const given = Math.min(Math.max(scaled, minimum), maximum);
      if (given !== held(rounding, affine, channel, sum, { minimum, maximum })) return false;
    }
  }
  return true;
}
