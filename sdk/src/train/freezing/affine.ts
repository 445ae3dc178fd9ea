import { fraction, type Fraction } from '../../model/fractions.js';

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
export const powerOfTwo = (exponent: number): Fraction => fraction(2n ** BigInt(exponent), 1n);

/** Returns the same for all channels. */
export const uniform = (slope: Fraction, intercept = zero): Affine => ({ slopes: [slope], intercepts: [intercept] });

export const slopeAt = ({ slopes }: Affine, channel: number): Fraction => slopes[channel % slopes.length];
export const interceptAt = ({ intercepts }: Affine, channel: number): Fraction =>
  intercepts[channel % intercepts.length];

/** Composes outer(inner(x)), channel by channel. */
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

export const signOf = (value: Fraction): -1 | 0 | 1 => (value.n === 0n ? 0 : value.s < 0n ? -1 : 1);

/** Tells whether the integers of all channels can be counted together. */
export const hasOneUnit = ({ slopes }: Affine): boolean => slopes.every((slope) => slope.equals(slopes[0]));

/** Tells whether integer 0 stands for 0. */
export const hasZero = ({ intercepts }: Affine): boolean => intercepts.every((intercept) => signOf(intercept) === 0);

/** Tells whether bit 0 stands for the negative of what bit 1 does. */
export function readsAsSigns(affine: Affine): boolean {
  const [slope] = affine.slopes;
  const isOpposite = (intercept: Fraction) => intercept.add(intercept).neg().equals(slope);
  return hasOneUnit(affine) && signOf(slope) !== 0 && affine.intercepts.every(isOpposite);
}

/** Tells whether 0 lies within half a step of integer 0. */
export const zeroIsNear = (affine: Affine): boolean =>
  affine.intercepts.every(
    (intercept, channel) => intercept.abs().compare(slopeAt(affine, channel).abs().div(powerOfTwo(1))) <= 0,
  );
