import { LARGEST_WEIGHT } from '@adiabit/simulator/network';
import type { FrozenWeights } from '../../../train/freezing/weights.js';

/** Real weights with a row an output, and what each is a multiple of, if that is known. */
export interface RealWeights {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
  readonly steps?: Float64Array;
}

/**
 * Returns weights as whole multiples of one step a row, from -127 to 127: +1 and -1 where all of a row have one
 * magnitude. Undefined where they are none.
 */
export function wholeWeights({ rows, columns, values, steps }: RealWeights): FrozenWeights | undefined {
  const found = new Float64Array(rows);
  const integers = new Int8Array(values.length);
  for (let row = 0; row < rows; row++) {
    const of = values.subarray(row * columns, (row + 1) * columns);
    const step = stepOf(of, steps?.subarray(row * columns, (row + 1) * columns));
    if (step === undefined) return undefined;
    found[row] = step;
    of.forEach((value, column) => (integers[row * columns + column] = Math.round(value / step)));
  }
  const isBinary = integers.every((value) => value === 1 || value === -1);
  return { values: integers, rows, columns, isBinary, isExact: true, steps: found };
}

/** Returns the step of a row: its least magnitude, or that of its quantisation. */
function stepOf(row: Float64Array, known: Float64Array | undefined): number | undefined {
  const magnitudes = row.map(Math.abs).filter((magnitude) => magnitude > 0);
  if (magnitudes.length === 0) return 1;
  const least = magnitudes.reduce((smallest, magnitude) => Math.min(smallest, magnitude));
  const fits = (step: number): boolean =>
    row.every((value) => Math.abs(value / step) < LARGEST_WEIGHT + 0.5 && Math.round(value / step) * step === value);
  if (fits(least)) return least;
  const step = known?.[0];
  return step !== undefined && known?.every((other) => other === step) === true && fits(step) ? step : undefined;
}

/** Returns weights as a kernel [columns, rows], as freezing rounds it to 8 bits. */
export function kernelOf({ rows, columns, values }: RealWeights): Float32Array {
  const kernel = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) kernel[column * rows + row] = values[row * columns + column];
  }
  return kernel;
}
