/** PNG and JPEG files as the bytes that a network takes. */
import { FormatError } from '@adiabit/simulator/errors';
import { areaAverage, type Raster } from './area-average.js';
import { decodeJpeg, isJpeg } from './jpeg.js';
import { decodePng, isPng } from './png.js';
import type { PictureTask } from './task.js';

/** Red, green and blue in a grey value (ITU-R BT.601). */
const luma = [0.299, 0.587, 0.114] as const;

/**
 * Returns a picture in the shape of the task: made grey if the task is, scaled by area averaging, rounded to bytes.
 * What is transparent shows white. The orientation in a JPEG's metadata is not heeded.
 *
 * @param file its name, for errors
 * @throws FormatError `format.bad-magic` for bytes that are neither PNG nor JPEG, `format.bad-value` for damaged ones
 * and for those that are too large, with the size that would do
 */
export function pictureValues(bytes: Uint8Array, shape: PictureTask['shape'], file: string): Uint8Array {
  const kind = isPng(bytes) ? 'PNG' : isJpeg(bytes) ? 'JPEG' : undefined;
  if (kind === undefined) {
    throw new FormatError('bad-magic', `${file} is neither a PNG nor a JPEG. Convert it, or remove it.`, {
      file,
      offset: 0,
    });
  }
  const [height, width] = shape;
  try {
    const raster = kind === 'PNG' ? decodePng(bytes, file) : decodeJpeg(bytes, file);
    return Uint8Array.from(
      areaAverage(shape.length === 2 ? toGrey(raster) : toColour(raster), height, width),
      Math.round,
    );
  } catch (error) {
    if (error instanceof FormatError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new FormatError('bad-value', `${file}: the ${kind} cannot be read (${reason}). Replace it.`, { file }, error);
  }
}

function toGrey(raster: Raster): Raster {
  const { channels, width, readRow } = raster;
  if (channels === 1) return raster;
  const colours = new Float64Array(3 * width);
  return {
    ...raster,
    channels: 1,
    readRow: (row, target) => {
      readRow(row, colours);
      for (let pixel = 0; pixel < width; pixel++) {
        const at = 3 * pixel;
        target[pixel] = luma[0] * colours[at] + luma[1] * colours[at + 1] + luma[2] * colours[at + 2];
      }
    },
  };
}

function toColour(raster: Raster): Raster {
  const { channels, width, readRow } = raster;
  if (channels === 3) return raster;
  const greys = new Float64Array(width);
  return {
    ...raster,
    channels: 3,
    readRow: (row, target) => {
      readRow(row, greys);
      for (let pixel = 0; pixel < width; pixel++) target.fill(greys[pixel], 3 * pixel, 3 * pixel + 3);
    },
  };
}
