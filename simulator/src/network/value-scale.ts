import { ModelError } from '../errors.js';

/**
 * How a raw value of a device (an ADC or IMU count) becomes a byte of an example, in exact integers that every
 * implementation computes:
 *
 *     byte = ((x - offset) * multiplier + half) >> shift, held within 0 and 255
 *
 * `half` is 2^(shift - 1), or 0 if the shift is 0, and >> rounds down. x and the offset have 32 bits, the multiplier is
 * at most 2^30 and the shift at most 62: every number on the way fits 64 bits (docs/encoding.md, Scaling).
 */
export interface ValueScale {
  /** The raw value that becomes 0, -2^31 to 2^31 - 1. */
  readonly offset: number;
  /** 1 to MAX_SCALE_MULTIPLIER. */
  readonly multiplier: number;
  /** 0 to MAX_SCALE_SHIFT. */
  readonly shift: number;
}

export const MAX_SCALE_MULTIPLIER = 2 ** 30;
export const MAX_SCALE_SHIFT = 62;
export const LARGEST_BYTE = 255;

const INT32 = { least: -(2 ** 31), most: 2 ** 31 - 1 } as const;
/** Significant bits of the multipliers that {@link scaleOfRange} chooses: a byte is then off by less than 1/64. */
const MULTIPLIER_BITS = 15;

const isWithin = (value: number, least: number, most: number): boolean =>
  Number.isInteger(value) && value >= least && value <= most;

/** Tells whether a value fits 32 bits. */
export const isInt32 = (value: number): boolean => isWithin(value, INT32.least, INT32.most);

/** Returns the nearest integer, halves up. Unlike Math.round it never gives -0, which JSON does not keep. */
const nearest = (value: number): number => Math.floor(value + 0.5);

/** Returns the nearest integer of 32 bits. */
export const toInt32 = (value: number): number => Math.min(Math.max(nearest(value), INT32.least), INT32.most);

/** Tells whether every number of the scale is within its limits. */
export const isValueScale = ({ offset, multiplier, shift }: ValueScale): boolean =>
  isInt32(offset) && isWithin(multiplier, 1, MAX_SCALE_MULTIPLIER) && isWithin(shift, 0, MAX_SCALE_SHIFT);

/** Checks a scale. @throws ModelError `model.bad-value` naming the number that is beyond its limits */
export function checkValueScale(scale: ValueScale): void {
  if (isValueScale(scale)) return;
  const { offset, multiplier, shift } = scale;
  const message =
    `A scale has an offset of 32 bits, a multiplier from 1 to ${MAX_SCALE_MULTIPLIER} and a shift from 0 to ${MAX_SCALE_SHIFT}, ` +
    `not offset ${offset}, multiplier ${multiplier}, shift ${shift}. Learn it again from the data.`;
  throw new ModelError('bad-value', message, { offset, multiplier, shift });
}

/**
 * Makes the scale that turns `low` into 0 and `high` into 255, as nearly as its integers can. A range of less than one
 * count is widened to one.
 * @throws ModelError `model.bad-value` unless both are within 32 bits, and low is at most high
 */
export function scaleOfRange(low: number, high: number): ValueScale {
  const [least, most] = [Math.floor(low), Math.ceil(high)];
  if (!isInt32(least) || !isInt32(most) || low > high) {
    const message = `A range goes from a low to a high value of 32 bits, not from ${low} to ${high}. Correct it.`;
    throw new ModelError('bad-value', message, { low, high });
  }
  const offset = nearest(low);
  const factor = LARGEST_BYTE / Math.max(high - low, 1);
  const shift = Math.max(0, MULTIPLIER_BITS - 1 - Math.floor(Math.log2(factor)));
  return { offset, multiplier: Math.round(factor * 2 ** shift), shift };
}

/** Computes the byte of a raw value. @param value an integer of 32 bits */
export function scaledByte({ offset, multiplier, shift }: ValueScale, value: number): number {
  const half = shift === 0 ? 0 : 2 ** (shift - 1);
  const product = (value - offset) * multiplier;
  // Where float64 holds the sum, it is exact; a division by a power of two loses nothing.
  const result =
    Math.abs(product) + half <= Number.MAX_SAFE_INTEGER
      ? Math.floor((product + half) / 2 ** shift)
      : Number((BigInt(value - offset) * BigInt(multiplier) + BigInt(half)) >> BigInt(shift));
  return Math.min(Math.max(result, 0), LARGEST_BYTE);
}

/** Computes the bytes of raw values, the channels of a place together. @param scales one a channel */
export const scaledBytes = (scales: readonly ValueScale[], values: ArrayLike<number>): Uint8Array =>
  Uint8Array.from({ length: values.length }, (_, index) => scaledByte(scales[index % scales.length], values[index]));
