import { fraction, type Fraction } from 'mathjs';
import type { Range } from '../../model/ranges.js';
import { exactFraction } from '../../model/rational.js';
import type { Affine } from './affine.js';
import { compose, interceptAt, signOf, slopeAt, uniform, zero } from './affine.js';
import type { PendingSums, Place } from './place.js';
import type { FrozenWeights } from './weights.js';
import { binaryWeights, integerWeights } from './weights.js';

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

/** Weighted sums of a settled place, pending their activation; binary weights need `hasOneUnit`. */
export function weigh({ layer: from, affine }: Place, values: Range, weighing: Weighing): Place {
  const { kernel, rows, windows } = weighing;
  const isBipolar = values.minimum >= 0 && values.maximum <= 1 && readsAsSigns(affine);
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

/** Whether the integers of all channels can be counted together. */
export const hasOneUnit = ({ slopes }: Affine): boolean => slopes.every((slope) => slope.equals(slopes[0]));

/** Whether bit 0 stands for the negative of what bit 1 does. */
function readsAsSigns(affine: Affine): boolean {
  const two = fraction(2n, 1n);
  const [slope] = affine.slopes;
  return (
    hasOneUnit(affine) &&
    signOf(slope) !== 0 &&
    affine.intercepts.every((intercept) => intercept.mul(two).neg().equals(slope))
  );
}

/** What 0 of every input adds to a row; at the border of a padded picture it is of the whole window all the same. */
function shareOfIntercepts(
  affine: Affine,
  { rows, isBinary, values, columns }: FrozenWeights,
  kernel: Float32Array,
): Fraction[] {
  if (affine.intercepts.every((intercept) => signOf(intercept) === 0)) return [zero];
  return Array.from({ length: rows }, (_, row) => {
    let share = 0;
    for (let column = 0; column < columns; column++) {
      const weight = isBinary ? values[row * columns + column] : kernel[column * rows + row];
      share += weight * interceptAt(affine, column).valueOf();
    }
    return exactFraction(share);
  });
}
