import { fraction, type Fraction } from 'mathjs';
import { exactFraction } from '../../model/rational.js';

/**
 * What the integers at a place stand for: real value = slope * integer + intercept, in exact rationals. One pair for
 * all channels, or one a channel; as the channels of a place lie together, both arrays are indexed modulo their length,
 * flattened or not.
 */
export interface Affine {
  readonly slopes: readonly Fraction[];
  readonly intercepts: readonly Fraction[];
}

export const zero = fraction(0n, 1n);
export const one = fraction(1n, 1n);

/** The same for all channels. */
export const uniform = (slope: Fraction, intercept = zero): Affine => ({ slopes: [slope], intercepts: [intercept] });

export const slopeAt = ({ slopes }: Affine, channel: number): Fraction => slopes[channel % slopes.length];
export const interceptAt = ({ intercepts }: Affine, channel: number): Fraction =>
  intercepts[channel % intercepts.length];

/** outer(inner(x)), channel by channel. */
export function compose(outer: Affine, inner: Affine): Affine {
  const lengths = [outer.slopes, outer.intercepts, inner.slopes, inner.intercepts].map(({ length }) => length);
  const channels = Array.from({ length: Math.max(...lengths) }, (_, channel) => channel);
  return {
    slopes: channels.map((channel) => slopeAt(outer, channel).mul(slopeAt(inner, channel))),
    intercepts: channels.map((channel) =>
      slopeAt(outer, channel).mul(interceptAt(inner, channel)).add(interceptAt(outer, channel)),
    ),
  };
}

/** From numbers, each taken exactly. */
export function affineOf(slopes: ArrayLike<number>, intercepts: ArrayLike<number>): Affine {
  return { slopes: Array.from(slopes, exactFraction), intercepts: Array.from(intercepts, exactFraction) };
}

export const signOf = (value: Fraction): -1 | 0 | 1 => (value.n === 0n ? 0 : value.s < 0n ? -1 : 1);
