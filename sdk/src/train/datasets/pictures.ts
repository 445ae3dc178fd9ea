/** PNG and JPEG files as the bytes that a network takes. */
import { FormatError } from '@adiabit/simulator';
import { convertIndexedToRgb, decode as decodePng, hasPngSignature, type DecodedPng } from 'fast-png';
import jpeg from 'jpeg-js';
import { areaAverage, type Picture } from './area-average.js';
import type { PictureTask } from './task.js';

/** Red, green and blue in a grey value (ITU-R BT.601). */
const luma = [0.299, 0.587, 0.114] as const;
const white = 255;

/**
 * A picture in the shape of the task: made grey if the task is, scaled by area averaging, rounded to bytes. What is
 * transparent shows white. The orientation in a JPEG's metadata is not heeded.
 *
 * @param file its name, for errors
 * @throws FormatError `format.bad-magic` for bytes that are neither PNG nor JPEG, `format.bad-value` for damaged ones
 */
export function pictureValues(bytes: Uint8Array, shape: PictureTask['shape'], file: string): Uint8Array {
  const opaque = onWhite(decodePicture(bytes, file));
  const [height, width] = shape;
  const { values } = areaAverage(shape.length === 2 ? toGrey(opaque) : toColour(opaque), height, width);
  return Uint8Array.from(values, Math.round);
}

/** Values 0..255 of 1 (grey), 2 (grey, alpha), 3 (colours) or 4 channels (colours, alpha). */
function decodePicture(bytes: Uint8Array, file: string): Picture {
  const isPng = hasPngSignature(bytes);
  const isJpeg = bytes[0] === 0xff && bytes[1] === 0xd8;
  if (!isPng && !isJpeg) {
    throw new FormatError('bad-magic', `${file} is neither a PNG nor a JPEG. Convert it, or remove it.`, {
      file,
      offset: 0,
    });
  }
  try {
    return isPng ? pngPicture(decodePng(bytes, { checkCrc: true })) : jpegPicture(bytes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const kind = isPng ? 'PNG' : 'JPEG';
    throw new FormatError('bad-value', `${file}: the ${kind} cannot be read (${reason}). Replace it.`, { file }, error);
  }
}

function jpegPicture(bytes: Uint8Array): Picture {
  const { width, height, data } = jpeg.decode(bytes, { useTArray: true, formatAsRGBA: false, tolerantDecoding: false });
  return { height, width, channels: 3, values: Float64Array.from(data) };
}

function pngPicture(png: DecodedPng): Picture {
  const { width, height, depth } = png;
  if (depth < 8 || png.palette !== undefined) {
    const palette = png.palette ?? greys(depth);
    const values = Float64Array.from(convertIndexedToRgb({ ...png, palette }));
    return { height, width, channels: palette[0].length, values };
  }
  const values = Float64Array.from(png.data, depth === 16 ? (value) => value / 257 : undefined);
  return { height, width, channels: png.channels, values };
}

/** Fewer than 8 bits are packed like the indices of a palette, so they are read as one. */
function greys(depth: number): [number, number, number][] {
  const steps = 2 ** depth - 1;
  return Array.from({ length: steps + 1 }, (_, step) => {
    const value = (step * white) / steps;
    return [value, value, value];
  });
}

/** The picture without alpha, blended over white. */
function onWhite(picture: Picture): Picture {
  const { channels } = picture;
  if (channels % 2 === 1) return picture;
  return mapPixels(picture, channels - 1, (pixel, target) => {
    const alpha = pixel[channels - 1] / white;
    target.forEach((_, channel) => (target[channel] = white + alpha * (pixel[channel] - white)));
  });
}

function toGrey(picture: Picture): Picture {
  if (picture.channels === 1) return picture;
  return mapPixels(picture, 1, ([red, green, blue], target) => {
    target[0] = luma[0] * red + luma[1] * green + luma[2] * blue;
  });
}

function toColour(picture: Picture): Picture {
  return picture.channels === 3 ? picture : mapPixels(picture, 3, ([grey], target) => target.fill(grey));
}

function mapPixels(
  { height, width, channels, values }: Picture,
  newChannels: number,
  map: (pixel: Float64Array, target: Float64Array) => void,
): Picture {
  const result = new Float64Array(height * width * newChannels);
  for (let pixel = 0; pixel < height * width; pixel++) {
    map(
      values.subarray(pixel * channels, (pixel + 1) * channels),
      result.subarray(pixel * newChannels, (pixel + 1) * newChannels),
    );
  }
  return { height, width, channels: newChannels, values: result };
}
