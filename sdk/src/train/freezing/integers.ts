/** Integers that are weighed, averaged or added: their step and their zero follow from what can occur. */
import type { Activation } from '../../model/model.js';
import type { Range } from '../../model/ranges.js';
import { exactFraction } from '../../model/rational.js';
import { requantizeOf } from './activations.js';
import { type Affine, interceptAt, one, powerOfTwo, signOf, slopeAt, uniform, zero } from './affine.js';

/** An activation, and what its values stand for. */
export interface MadeActivation {
  readonly activation: Activation;
  readonly affine: Affine;
  /** Whether values stand for something near what they stood for before. */
  readonly isRounded: boolean;
}

/** Makes the activation of integers within `sums` that stand for what `affine` says. */
export type ActivationMaker = (affine: Affine, channels: number, sums: Range) => MadeActivation;

/** The largest value between layers, of either sign: 16 bits. */
export const LARGEST_VALUE = 32_767;
/** Zero is found in steps of this many bits of a value. */
const MAX_ZERO_SHIFT = 8;

/**
 * Returns the integers as they are; where `needsZero`, in finer steps and moved so that 0 stands for 0. Undefined where
 * that takes values beyond the limit, or fractions that no shift makes whole.
 */
export function unrounded(
  needsZero: boolean,
  limit: number,
): (...of: Parameters<ActivationMaker>) => MadeActivation | undefined {
  return (affine, channels, sums) => {
    const zeros = needsZero ? zerosOf(affine, channels) : { shift: 0, offsets: new Int32Array(channels) };
    if (zeros === undefined) return undefined;
    const { shift, offsets } = zeros;
    const reach = Math.max(-sums.minimum, sums.maximum) * 2 ** shift;
    if (offsets.some((offset) => reach + Math.abs(offset) > limit)) return undefined;
    const slopes = affine.slopes.map((slope) => slope.div(powerOfTwo(shift)));
    return {
      activation: { kind: 'integer', shift, offsets },
      affine: { slopes, intercepts: needsZero ? [zero] : affine.intercepts },
      isRounded: false,
    };
  };
}

/** Returns what moves the integers of each channel so that 0 stands for 0: (S << shift) + offset. */
function zerosOf(
  affine: Affine,
  channels: number,
): { readonly shift: number; readonly offsets: Int32Array } | undefined {
  const moves = Array.from({ length: channels }, (_, channel) => {
    const slope = slopeAt(affine, channel);
    const intercept = interceptAt(affine, channel);
    if (signOf(intercept) === 0) return zero;
    return signOf(slope) === 0 ? undefined : intercept.div(slope);
  });
  const largest = 2n ** BigInt(MAX_ZERO_SHIFT);
  const known = moves.filter((move) => move !== undefined);
  if (known.length < channels || known.some(({ d, n }) => largest % d !== 0n || n > largest * BigInt(LARGEST_VALUE))) {
    return undefined;
  }
  const shift = Math.max(...known.map(({ d }) => d.toString(2).length - 1));
  const offsets = Int32Array.from(known, ({ s, n, d }) => Number((s * n * 2n ** BigInt(shift)) / d));
  return { shift, offsets };
}

/** Returns the integers in steps of a power of two, 0 standing for 0. Nothing that can occur is cut off. */
export function inSteps(step: number, limit: number): ActivationMaker {
  return (affine, channels, sums) => {
    const { minimum, maximum } = realRange(affine, channels, sums);
    const limits = {
      minimum: Math.max(Math.floor(minimum / step), -limit),
      maximum: Math.min(Math.ceil(maximum / step), limit),
    };
    const unit = exactFraction(step);
    const isWhole = [...affine.slopes, ...affine.intercepts].every((value) => value.div(unit).d === 1n);
    return {
      activation: requantizeOf(affine, channels, sums, step, limits),
      affine: uniform(unit),
      isRounded: !isWhole,
    };
  };
}

/** Integers of fewer bits, each channel in the unit it has. */
export function narrowed(reach: number, limit: number): ActivationMaker {
  const step = stepFor(reach, limit);
  const unit = exactFraction(step);
  return (affine, channels, sums) => {
    const { activation } = inSteps(step, limit)(uniform(one), channels, sums);
    const slopes = affine.slopes.map((slope) => slope.mul(unit));
    return { activation, affine: { ...affine, slopes }, isRounded: true };
  };
}

/** Returns the smallest power of two in whose steps a real value is at most `limit`. */
export function stepFor(magnitude: number, limit: number): number {
  if (magnitude === 0) return 1;
  const step = 2 ** Math.ceil(Math.log2(magnitude / limit));
  return magnitude / step > limit ? 2 * step : step;
}

/** Returns what integers within `sums` can stand for, over all channels. */
export function realRange(affine: Affine, channels: number, sums: Range): Range {
  let minimum = Infinity;
  let maximum = -Infinity;
  for (let channel = 0; channel < channels; channel++) {
    const slope = slopeAt(affine, channel).valueOf();
    const intercept = interceptAt(affine, channel).valueOf();
    for (const sum of [sums.minimum, sums.maximum]) {
      minimum = Math.min(minimum, slope * sum + intercept);
      maximum = Math.max(maximum, slope * sum + intercept);
    }
  }
  return { minimum, maximum };
}
