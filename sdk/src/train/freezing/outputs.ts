import { ModelError } from '@adiabit/simulator/errors';
import type { ThermometerLayer } from '@adiabit/simulator/network';
import { fraction, type Fraction } from '../../model/fractions.js';
import { isBinary, type BinarizedModel, type Layer } from '../../model/model.js';
import { argmax } from '../../model/oracle.js';
import { layerRanges } from '../../model/ranges.js';
import { ceiling, clampToNumber, roundHalfUp } from '../../model/rational.js';
import { powerOfTwo } from './affine.js';

/** Integer outputs stay within 32 bits; no realistic network needs more fraction bits than this. */
const MAX_FRACTION_BITS = 15;
const INT32_MAXIMUM = 2 ** 31 - 1;

/** The last layer of a model has an activation, which gives integers. */
type LayerWithActivation = Exclude<Extract<Layer, { readonly activation: unknown }>, ThermometerLayer>;

export interface OutputScaling {
  readonly model: BinarizedModel;
  /** Fraction bits f of the integer outputs: S * 2^f + round(ratio * 2^f). */
  readonly shift: number;
  /** Whether the integer class is the real one for any sums there can be. */
  readonly isProved: boolean;
}

/**
 * Gives the last layer, whose sums S stand for real outputs of the order of S + ratio, offsets with the smallest number
 * of fraction bits whose integer classes equal the real ones on every example, or the best there is; 8 without
 * examples.
 * @param sums of the last layer, of some examples
 * @param wantsProof whether to take more fraction bits until the classes are equal for any sums, if that many there are
 */
export function scaleOutputs(
  draft: BinarizedModel,
  ratios: readonly Fraction[],
  sums: readonly Int32Array[],
  wantsProof: boolean,
): OutputScaling {
  const shifts = shiftsFor(draft, ratios);
  const tried = chooseFractionBits(shifts, ratios, sums);
  const isProvedWith = provedBy(draft, ratios);
  const proved = wantsProof ? shifts.find((shift) => shift >= tried && isProvedWith(shift)) : undefined;
  const shift = proved ?? tried;
  const last = draft.layers[draft.layers.length - 1] as LayerWithActivation;
  const offsets = Int32Array.from(offsetsFor(ratios, shift), Number);
  const scaled: LayerWithActivation = { ...last, activation: { kind: 'integer', shift, offsets } };
  const model = { ...draft, layers: [...draft.layers.slice(0, -1), scaled] };
  return { model, shift, isProved: proved !== undefined };
}

const offsetsFor = (ratios: readonly Fraction[], shift: number): bigint[] =>
  ratios.map((ratio) => roundHalfUp(ratio.mul(powerOfTwo(shift))));

/** Returns the fraction bits with which outputs stay within 32 bits. @throws ModelError when there are none */
function shiftsFor(draft: BinarizedModel, ratios: readonly Fraction[]): readonly number[] {
  const last = draft.layers.length - 1;
  const { minimum, maximum } = layerRanges(draft)[last].sums;
  const reach = BigInt(Math.max(-minimum, maximum));
  const fits = (shift: number): boolean =>
    offsetsFor(ratios, shift).every((offset) => {
      const size = offset < 0n ? -offset : offset;
      return size + reach * (1n << BigInt(shift + 1)) <= BigInt(INT32_MAXIMUM);
    });
  const shifts = Array.from({ length: MAX_FRACTION_BITS + 1 }, (_, shift) => shift).filter(fits);
  if (shifts.length > 0) return shifts;
  const message = `A bias of the last layer of "${draft.name}" is too large for its scale. Train it again.`;
  throw new ModelError('bad-value', message, { layer: last });
}

function chooseFractionBits(
  shifts: readonly number[],
  ratios: readonly Fraction[],
  sums: readonly Int32Array[],
): number {
  if (sums.length === 0) return Math.min(8, shifts[shifts.length - 1]);
  // S is below 2^32 and the ratio is exact to 2^-53 of itself: a double orders these sums as the rationals do.
  const realRatios = ratios.map((ratio) => ratio.valueOf());
  const classes = sums.map((sum) => argmax(Array.from(sum, (value, output) => value + realRatios[output])));
  let best = { shift: shifts[0], equal: -1 };
  for (const shift of shifts) {
    const offsets = offsetsFor(ratios, shift).map(Number);
    const equal = sums.filter(
      (sum, example) =>
        argmax(Array.from(sum, (value, output) => value * 2 ** shift + offsets[output])) === classes[example],
    ).length;
    if (equal > best.equal) best = { shift, equal };
    if (equal === sums.length) break;
  }
  return best.shift;
}

/**
 * Proves the order of outputs. Of two outputs i < j the first wins when S_i - S_j >= ratio_j - ratio_i. Sums of the
 * same values with weights of +1 and -1 differ by even numbers (of other weights by any), so what counts is the
 * smallest such number that is no less; it must be the same with rounded ratios, for every pair.
 */
function provedBy(draft: BinarizedModel, ratios: readonly Fraction[]): (shift: number) => boolean {
  const last = draft.layers.length - 1;
  const { sums } = layerRanges(draft)[last];
  const layer = draft.layers[last];
  const unit = fraction('weights' in layer && isBinary(layer.weights) ? 2n : 1n, 1n);
  const reach = sums.maximum - sums.minimum;
  const decides = (difference: Fraction) => clampToNumber(ceiling(difference.div(unit)), -reach - 1, reach + 1);
  const pairs = ratios.flatMap((_, later) => Array.from({ length: later }, (_unused, earlier) => [earlier, later]));
  const wanted = pairs.map(([earlier, later]) => decides(ratios[later].sub(ratios[earlier])));
  return (shift) => {
    const rounded = offsetsFor(ratios, shift).map((offset) => fraction(offset, 2n ** BigInt(shift)));
    return pairs.every(([earlier, later], pair) => decides(rounded[later].sub(rounded[earlier])) === wanted[pair]);
  };
}
