import { ModelError } from '@adiabit/simulator';
import { fraction, type Fraction } from 'mathjs';
import type { BinarizedDense, BinarizedModel } from '../../model/model.js';
import { argmax, createOracle } from '../../model/oracle.js';
import { layerRanges } from '../../model/ranges.js';
import { roundHalfUp } from '../../model/rational.js';

/** Integer outputs stay within 32 bits; no realistic network needs more fraction bits than this. */
const MAX_FRACTION_BITS = 15;
const INT32_MAXIMUM = 2 ** 31 - 1;

export interface OutputScaling {
  readonly model: BinarizedModel;
  /** Fraction bits f of the integer outputs: S * 2^f + round(ratio * 2^f). */
  readonly shift: number;
  readonly equal: number;
}

/**
 * Gives the last layer, whose sums S stand for real outputs of the order of S + ratio, offsets with the smallest number of
 * fraction bits whose integer classes equal the real ones on every example, or the best there is; 8 without examples.
 * @param inputs of the model, prepared
 */
export function scaleOutputs(
  draft: BinarizedModel,
  ratios: readonly Fraction[],
  inputs: readonly Uint8Array[],
): OutputScaling {
  const { shift, equal } = chooseFractionBits(draft, ratios, inputs);
  const last = draft.layers[draft.layers.length - 1] as BinarizedDense;
  const offsets = Int32Array.from(offsetsFor(ratios, shift), Number);
  const scaled: BinarizedDense = { ...last, activation: { kind: 'integer', shift, offsets } };
  return { model: { ...draft, layers: [...draft.layers.slice(0, -1), scaled] }, shift, equal };
}

const offsetsFor = (ratios: readonly Fraction[], shift: number): bigint[] =>
  ratios.map((ratio) => roundHalfUp(ratio.mul(fraction(1n << BigInt(shift), 1n))));

function chooseFractionBits(
  draft: BinarizedModel,
  ratios: readonly Fraction[],
  inputs: readonly Uint8Array[],
): { readonly shift: number; readonly equal: number } {
  const last = draft.layers.length - 1;
  const { minimum, maximum } = layerRanges(draft)[last].sums;
  const reach = BigInt(Math.max(-minimum, maximum));
  const fits = (shift: number): boolean =>
    offsetsFor(ratios, shift).every((offset) => {
      const size = offset < 0n ? -offset : offset;
      return size + reach * (1n << BigInt(shift + 1)) <= BigInt(INT32_MAXIMUM);
    });
  const shifts = Array.from({ length: MAX_FRACTION_BITS + 1 }, (_, shift) => shift).filter(fits);
  if (shifts.length === 0) {
    const message = `A bias of the last layer of "${draft.name}" is too large for its scale. Train it again.`;
    throw new ModelError('bad-value', message, { layer: last });
  }
  if (inputs.length === 0) return { shift: Math.min(8, shifts[shifts.length - 1]), equal: 0 };

  const oracle = createOracle(draft);
  const sums = inputs.map((input) => oracle(input).sums[last]);
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
    if (equal === inputs.length) break;
  }
  return best;
}
