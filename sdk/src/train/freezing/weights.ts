import { bitMatrixFrom, bitOfSign } from '@adiabit/simulator/bits';
import type { Weights } from '../../model/model.js';

/** Weights on their way to integers: rows are outputs, columns inputs; real value = steps[row] * integer. */
export interface FrozenWeights {
  /** rows x columns, -127 to 127, or -1 and +1 when binary. */
  readonly values: Int8Array;
  readonly rows: number;
  readonly columns: number;
  readonly isBinary: boolean;
  /** Whether steps times integers are the real weights themselves. */
  readonly isExact: boolean;
  readonly steps: Float64Array;
}

/** Signs of a kernel [columns, rows], row-major, with sign(0) = +1. */
export function binaryWeights(kernel: Float32Array, rows: number): FrozenWeights {
  const columns = kernel.length / rows;
  const values = transposed(kernel, rows, (latent) => (bitOfSign(latent) === 1 ? 1 : -1));
  return { values, rows, columns, isBinary: true, isExact: true, steps: new Float64Array(rows).fill(1) };
}

/**
 * Returns a real kernel [columns, rows] as 8 bits: the largest weight of a row (of all rows when `sharesStep`, so that
 * outputs can be compared) becomes 127. `factors` multiply the columns first.
 */
export function integerWeights(
  kernel: Float32Array,
  rows: number,
  factors: (column: number) => number,
  sharesStep: boolean,
): FrozenWeights {
  const columns = kernel.length / rows;
  const peaks = new Float64Array(rows);
  kernel.forEach((weight, index) => {
    const row = index % rows;
    peaks[row] = Math.max(peaks[row], Math.abs(weight * factors(Math.floor(index / rows))));
  });
  if (sharesStep) peaks.fill(Math.max(...peaks));
  const steps = peaks.map((peak) => (peak > 0 ? peak / 127 : 1));
  const values = transposed(kernel, rows, (weight, row, column) => Math.round((weight * factors(column)) / steps[row]));
  return { values, rows, columns, isBinary: false, isExact: false, steps };
}

function transposed(
  kernel: Float32Array,
  rows: number,
  change: (weight: number, row: number, column: number) => number,
): Int8Array {
  const columns = kernel.length / rows;
  const values = new Int8Array(kernel.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      values[row * columns + column] = change(kernel[column * rows + row], row, column);
    }
  }
  return values;
}

/** Packs weights as the model has them, with the sign of some rows turned. */
export function packWeights(
  { values, rows, columns, isBinary }: FrozenWeights,
  isFlipped: (row: number) => boolean,
): Weights {
  const signed = values.map((weight, index) => (isFlipped(Math.floor(index / columns)) ? -weight : weight));
  if (!isBinary) return { rows, columns, values: signed };
  return bitMatrixFrom(rows, columns, (row, column) => signed[row * columns + column] > 0);
}
