/** A picture that is read row by row, so that it need not be widened as a whole. Nothing of it is transparent. */
export interface Raster {
  readonly height: number;
  readonly width: number;
  /** Grey, or red, green and blue. */
  readonly channels: 1 | 3;
  /** Writes the values of a row, 0..255, width x channels of them. */
  readonly readRow: (row: number, target: Float64Array) => void;
}

/**
 * Returns the picture in another size, its aspect ratio not kept: every new pixel is the mean of the area that it
 * covers, border pixels with the fraction of them that it covers (a box filter). Sums are kept, so flat areas stay what
 * they are.
 * @returns height x width x channels values
 */
export function areaAverage(raster: Raster, height: number, width: number): Float64Array {
  const { channels } = raster;
  const length = width * channels;
  const result = new Float64Array(height * length);
  const values = new Float64Array(raster.width * channels);
  const row = new Float64Array(length);
  const columns = [...overlaps(raster.width, width)];
  let read = -1;
  for (const { from, to, share } of overlaps(raster.height, height)) {
    // A row that two new rows share is read once.
    if (from !== read) {
      raster.readRow(from, values);
      averageColumns(values, columns, channels, row);
      read = from;
    }
    for (let index = 0; index < length; index++) result[to * length + index] += share * row[index];
  }
  return result;
}

function averageColumns(values: Float64Array, columns: readonly Overlap[], channels: number, row: Float64Array): void {
  row.fill(0);
  for (const { from, to, share } of columns) {
    for (let channel = 0; channel < channels; channel++)
      row[to * channels + channel] += share * values[from * channels + channel];
  }
}

/** An old pixel that covers a share of a new one. */
interface Overlap {
  readonly from: number;
  readonly to: number;
  readonly share: number;
}

/** Tells which old pixel covers what share of which new one, along one axis. */
function* overlaps(length: number, newLength: number): Generator<Overlap> {
  // In units of 1 / (length * newLength) all borders are whole numbers: nothing is lost to rounding.
  for (let to = 0; to < newLength; to++) {
    const [begin, end] = [to * length, (to + 1) * length];
    for (let from = Math.floor(begin / newLength); from * newLength < end; from++) {
      const covered = Math.min(end, (from + 1) * newLength) - Math.max(begin, from * newLength);
      yield { from, to, share: covered / length };
    }
  }
}
