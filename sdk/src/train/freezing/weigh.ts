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
export function weigh({ layer: from, affine }: Place, values: Range, weighing: Weighing): Place {
  const { kernel, rows, windows } = weighing;
  const isBipolar = areSigns(affine, values);
  const unitAt = (column: number) =>
    isBipolar ? slopeAt(affine, column).div(fraction(2n, 1n)) : slopeAt(affine, column);
  const weights = weighing.binaryWeights
    ? binaryWeights(kernel, rows)
    : integerWeights(kernel, rows, (column) => unitAt(column).valueOf(), weighing.sharesStep);
  const units = weighing.binaryWeights ? [unitAt(0)] : Array.from(weights.steps, exactFraction);
  const sums: Affine = { slopes: units, intercepts: isBipolar ? [zero] : shareOfIntercepts(affine, weights, kernel) };
  const scale = exactFraction(weighing.scale).div(exactFraction(weighing.divisor));
  return {
    layer: from,
    shape: windows === undefined ? [1, 1, rows] : windows.outputShape,
    affine: compose(uniform(scale), sums),
    pending: { from, inputEncoding: isBipolar ? 'bipolar' : 'unsigned', weights, ...(windows ? { windows } : {}) },
  };
}

/** Tells whether weights read the values as +1 and -1, with nothing outside a picture. */
export const areSigns = (affine: Affine, { minimum, maximum }: Range): boolean =>
  minimum >= 0 && maximum <= 1 && readsAsSigns(affine);

/** Returns what integer 0 of every input adds to a row; exact where weights are. */
function shareOfIntercepts(affine: Affine, weights: FrozenWeights, kernel: Float32Array): Fraction[] {
  if (hasZero(affine)) return [zero];
  const { rows, columns, isBinary, values } = weights;
  if (isBinary) {
    const common = affine.intercepts.reduce((product, { d }) => (product * d) / greatestCommonDivisor(product, d), 1n);
    const numerators = affine.intercepts.map(({ s, n, d }) => s * n * (common / d));
    return Array.from({ length: rows }, (_, row) => {
      let share = 0n;
      for (let column = 0; column < columns; column++) {
        const numerator = numerators[column % numerators.length];
        share += values[row * columns + column] > 0 ? numerator : -numerator;
      }
      return fraction(share, common);
    });
  }
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
