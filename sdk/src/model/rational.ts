import { ModelError } from '@adiabit/simulator/errors';
import { fraction, type Fraction } from './fractions.js';

/**
 * Returns the exact value of a floating-point number as a fraction: mantissa times a power of two (IEEE 754, section
 * 3.4). (mathjs's own conversion looks for a short fraction nearby, which is not the same number.)
 * @throws ModelError `model.bad-value` for what is no finite number
 */
export function exactFraction(value: number): Fraction {
  if (!Number.isFinite(value))
    throw new ModelError('bad-value', `The network has ${value} where a finite number belongs.`, {
      value: String(value),
    });
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponentBits = Number((bits >> 52n) & 0x7ffn);
  const fractionBits = bits & 0xfffffffffffffn;
  const mantissa = exponentBits === 0 ? fractionBits : fractionBits | 0x10000000000000n;
  const exponent = Math.max(exponentBits, 1) - 1075;
  const signed = value < 0 ? -mantissa : mantissa;
  return exponent >= 0 ? fraction(signed << BigInt(exponent), 1n) : fraction(signed, 1n << BigInt(-exponent));
}

/** Returns the smallest integer that is not below the fraction. */
export const ceiling = (value: Fraction): bigint => -floor(value.neg());

/** Returns the nearest integer, halves upwards. */
export const roundHalfUp = (value: Fraction): bigint => floor(value.add(fraction(1n, 2n)));

export function floor(value: Fraction): bigint {
  const numerator = value.s * value.n;
  const quotient = numerator / value.d;
  return numerator < 0n && quotient * value.d !== numerator ? quotient - 1n : quotient;
}

/** Returns a bigint as a number, held within a range. */
export function clampToNumber(value: bigint, minimum: number, maximum: number): number {
  if (value < BigInt(minimum)) return minimum;
  return value > BigInt(maximum) ? maximum : Number(value);
}
