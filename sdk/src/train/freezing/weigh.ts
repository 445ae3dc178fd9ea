import { fraction, type Fraction } from '../../model/fractions.js';
import type { Range } from '../../model/ranges.js';
import { exactFraction } from '../../model/rational.js';
import { type Affine, compose, hasZero, interceptAt, readsAsSigns, slopeAt, uniform, zero } from './affine.js';
import type { PendingSums, Place } from './place.js';
import { binaryWeights, type FrozenWeights, integerWeights } from './weights.js';

/** A trained layer with a kernel [columns, rows]: real sum = scale * (x . w) / divisor. */
export interface Weighing {
  readonly kernel: Float32Array;
  readonly rows: number;
  readonly binaryWeights: boolean;
  readonly scale: number;
  readonly divisor: number;
  /** Whether all rows must have the same step: outputs that are compared. */
  readonly sharesStep: boolean;
  readonly windows?: PendingSums['windows'];
}

/** Returns weighted sums of a place made ready for them (`ModelBuilder.weighable`), pending their activation. */
export function weigh(place: Place, values: Range, weighing: Weighing): Place {
  const { kernel, rows, windows } = weighing;
  const scale = exactFraction(weighing.scale).div(exactFraction(weighing.divisor));
  if (weighing.binaryWeights) return scaled(weighExactly(place, values, binaryWeights(kernel, rows), windows), scale);
  const { affine } = place;
  const unitAt = unitsOf(affine, values);
  const weights = integerWeights(kernel, rows, (column) => unitAt(column).valueOf(), weighing.sharesStep);
  const intercepts = areSigns(affine, values) ? [zero] : shareOfIntercepts(affine, weights, kernel);
  const sums = { slopes: Array.from(weights.steps, exactFraction), intercepts };
  return scaled(pendingSums(place, values, weights, sums, windows), scale);
}

/** Returns weighted sums whose weights are whole multiples of a step, so that nothing is rounded. */
export function weighExactly(
  place: Place,
  values: Range,
  weights: FrozenWeights,
  windows: PendingSums['windows'] | undefined,
): Place {
  const { affine } = place;
  const unit = unitsOf(affine, values)(0);
  const steps = Array.from(weights.steps, exactFraction);
  const intercepts = areSigns(affine, values) ? [zero] : exactShareOfIntercepts(affine, weights, steps);
  const sums = { slopes: steps.map((step) => step.mul(unit)), intercepts };
  return pendingSums(place, values, weights, sums, windows);
}

const scaled = (place: Place, scale: Fraction): Place => ({ ...place, affine: compose(uniform(scale), place.affine) });

/** Gives what one step of an input's integers is worth. */
function unitsOf(affine: Affine, values: Range): (column: number) => Fraction {
  const isBipolar = areSigns(affine, values);
  return (column) => (isBipolar ? slopeAt(affine, column).div(fraction(2n, 1n)) : slopeAt(affine, column));
}

function pendingSums(
  { layer: from, affine }: Place,
  values: Range,
  weights: FrozenWeights,
  sums: Affine,
  windows: PendingSums['windows'] | undefined,
): Place {
  const inputEncoding = areSigns(affine, values) ? 'bipolar' : 'unsigned';
  return {
    layer: from,
    shape: windows === undefined ? [1, 1, weights.rows] : windows.outputShape,
    affine: sums,
    pending: { from, inputEncoding, weights, ...(windows ? { windows } : {}) },
  };
}

/** Tells whether weights read the values as +1 and -1, with nothing outside a picture. */
export const areSigns = (affine: Affine, { minimum, maximum }: Range): boolean =>
  minimum >= 0 && maximum <= 1 && readsAsSigns(affine);

/** Returns what integer 0 of every input adds to a row. */
function exactShareOfIntercepts(affine: Affine, weights: FrozenWeights, steps: readonly Fraction[]): Fraction[] {
  if (hasZero(affine)) return [zero];
  const { rows, columns, values } = weights;
  const common = affine.intercepts.reduce((product, { d }) => (product * d) / greatestCommonDivisor(product, d), 1n);
  const numerators = affine.intercepts.map(({ s, n, d }) => s * n * (common / d));
  return Array.from({ length: rows }, (_, row) => {
    let share = 0n;
    for (let column = 0; column < columns; column++) {
      share += BigInt(values[row * columns + column]) * numerators[column % numerators.length];
    }
    return fraction(share, common).mul(steps[row]);
  });
}

/** Returns what integer 0 of every input adds to a row, of weights that are rounded. */
function shareOfIntercepts(affine: Affine, { rows, columns }: FrozenWeights, kernel: Float32Array): Fraction[] {
  if (hasZero(affine)) return [zero];
  return Array.from({ length: rows }, (_, row) => {
    let share = 0;
    for (let column = 0; column < columns; column++) {
      share += kernel[column * rows + row] * interceptAt(affine, column).valueOf();
    }
    return exactFraction(share);
  });
}

function greatestCommonDivisor(one: bigint, other: bigint): bigint {
  return other === 0n ? one : greatestCommonDivisor(other, one % other);
}
