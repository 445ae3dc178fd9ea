import { ModelError } from '@adiabit/simulator/errors';
import { fraction, type Fraction } from '../../model/fractions.js';
import type { RequantizeActivation, ThresholdActivation } from '../../model/model.js';
import type { Range } from '../../model/ranges.js';
import { ceiling, clampToNumber, exactFraction, floor, roundHalfUp } from '../../model/rational.js';
import { type Affine, interceptAt, signOf, slopeAt } from './affine.js';

/**
 * Computes the thresholds whose bits are those of slope * S + intercept >= 0: S >= ceil(-intercept / slope) for a
 * positive slope; for a negative one S <= floor(-intercept / slope), which is not (S >= that + 1). A slope of 0 is a
 * constant.
 */
export function thresholdsOf(affine: Affine, channels: number, sums: Range): ThresholdActivation {
  const never = sums.maximum + 1;
  const inverted = Uint8Array.from({ length: channels }, (_, channel) =>
    signOf(slopeAt(affine, channel)) < 0 ? 1 : 0,
  );
  const thresholds = Int32Array.from(inverted, (isInverted, channel) => {
    const slope = slopeAt(affine, channel);
    const intercept = interceptAt(affine, channel);
    if (signOf(slope) === 0) return signOf(intercept) >= 0 ? sums.minimum : never;
    const crossing = intercept.neg().div(slope);
    const threshold = isInverted === 1 ? floor(crossing) + 1n : ceiling(crossing);
    return clampToNumber(threshold, sums.minimum, never);
  });
  return { kind: 'threshold', thresholds, ...(inverted.includes(1) ? { inverted } : {}) };
}

const INT32_MAXIMUM = 2 ** 31 - 1;
/** More bits of a multiplier than this change nothing in 16 bits of result. */
const MAX_REQUANTIZE_SHIFT = 24;

/**
 * Expresses round((slope * S + intercept) / step), held within the limits, as (S * multiplier + offset) >> shift with
 * the largest shift that stays within 32 bits (B. Jacob et al., "Quantization and training of neural networks for
 * efficient integer-arithmetic-only inference", CVPR 2018, section 2.2, with the rounding in the offset).
 */
export function requantizeOf(
  affine: Affine,
  channels: number,
  sums: Range,
  step: number,
  limits: Range,
): RequantizeActivation {
  const unit = exactFraction(step);
  const half = fraction(1n, 2n);
  const reach = BigInt(Math.max(Math.abs(sums.minimum), Math.abs(sums.maximum)));
  for (let shift = MAX_REQUANTIZE_SHIFT; shift >= 0; shift--) {
    const scale = fraction(1n << BigInt(shift), 1n);
    const rounded = (value: Fraction) => roundHalfUp(value.mul(scale));
    const pairs = Array.from({ length: channels }, (_, channel) => ({
      multiplier: rounded(slopeAt(affine, channel).div(unit)),
      offset: rounded(interceptAt(affine, channel).div(unit).add(half)),
    }));
    const magnitude = (value: bigint) => (value < 0n ? -value : value);
    const fits = pairs.every(
      ({ multiplier, offset }) => magnitude(multiplier) * reach + magnitude(offset) <= BigInt(INT32_MAXIMUM),
    );
    if (!fits) continue;
    return {
      kind: 'requantize',
      multipliers: Int32Array.from(pairs, ({ multiplier }) => Number(multiplier)),
      offsets: Int32Array.from(pairs, ({ offset }) => Number(offset)),
      shift,
      ...limits,
    };
  }
  throw new ModelError(
    'bad-value',
    'A value is too far from the others of its layer to be written in 8 bits. Train again.',
  );
}
