/** Real values [height, width, channels], row by row. */
export interface Picture {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly values: Float64Array;
}

/**
 * The picture in another size, its aspect ratio not kept: every new pixel is the mean of the area that it covers, border
 * pixels with the fraction of them that it covers (a box filter). Sums are kept, so flat areas stay what they are.
 */
export function areaAverage(picture: Picture, height: number, width: number): Picture {
  return averageRows(averageColumns(picture, width), height);
}

function averageColumns({ height, width, channels, values }: Picture, newWidth: number): Picture {
  const result = new Float64Array(height * newWidth * channels);
  for (const { from, to, share } of overlaps(width, newWidth)) {
    for (let row = 0; row < height; row++) {
      const source = (row * width + from) * channels;
      const target = (row * newWidth + to) * channels;
      for (let channel = 0; channel < channels; channel++) result[target + channel] += share * values[source + channel];
    }
  }
  return { height, width: newWidth, channels, values: result };
}

function averageRows({ height, width, channels, values }: Picture, newHeight: number): Picture {
  const length = width * channels;
  const result = new Float64Array(newHeight * length);
  for (const { from, to, share } of overlaps(height, newHeight)) {
    for (let index = 0; index < length; index++) result[to * length + index] += share * values[from * length + index];
  }
  return { height: newHeight, width, channels, values: result };
}

/** Which old pixel covers what share of which new one, along one axis. */
function* overlaps(length: number, newLength: number): Generator<{ from: number; to: number; share: number }> {
  // In units of 1 / (length * newLength) all borders are whole numbers: nothing is lost to rounding.
  for (let to = 0; to < newLength; to++) {
    const [begin, end] = [to * length, (to + 1) * length];
    for (let from = Math.floor(begin / newLength); from * newLength < end; from++) {
      const covered = Math.min(end, (from + 1) * newLength) - Math.max(begin, from * newLength);
      yield { from, to, share: covered / length };
    }
  }
}
