import { encode } from 'fast-png';
import { getBit, type BitMatrix } from '@adiabit/simulator/bits';

/** Height and width in pixels. */
export type Shape = readonly [height: number, width: number];

const dataUri = (png: Uint8Array): string => `data:image/png;base64,${Buffer.from(png).toString('base64')}`;

/** Draws a grey picture from pixels 0..255, where 0 is black. */
export const grayPicture = (pixels: Uint8Array, shape: Shape): string => picture(pixels, shape, 1);

/** Draws a picture from red, green and blue of every pixel, 0..255. */
export const colourPicture = (pixels: Uint8Array, shape: Shape): string => picture(pixels, shape, 3);

function picture(pixels: Uint8Array, [height, width]: Shape, channels: 1 | 3): string {
  const needed = channels * height * width;
  if (pixels.length !== needed) {
    throw new RangeError(`a picture of ${height} x ${width} needs ${needed} pixels, not ${pixels.length}`);
  }
  return dataUri(encode({ width, height, data: pixels, channels, depth: 8 }));
}

/** Many pictures of one shape in one image, row by row. */
export interface Sprite {
  readonly uri: string;
  readonly pictures: number;
  /** Pictures in a row and in a column of the image. */
  readonly across: number;
  readonly down: number;
}

const ACROSS = 16;

/** Draws the first `limit` rows of a bit matrix, each as a picture with one pixel per bit: white +1, black -1. */
export function bitSprite(weights: BitMatrix, shape: Shape, limit: number): Sprite {
  const [height, width] = shape;
  if (weights.columns !== height * width) {
    throw new RangeError(`${weights.columns} weights do not fill a picture of ${height} x ${width}`);
  }
  const pictures = Math.min(weights.rows, limit);
  const across = Math.min(pictures, ACROSS);
  const down = Math.ceil(pictures / across);
  const bytesPerLine = Math.ceil((across * width) / 8);
  const data = new Uint8Array(bytesPerLine * down * height);
  for (let picture = 0; picture < pictures; picture++) {
    const left = (picture % across) * width;
    const top = Math.floor(picture / across) * height;
    for (let bit = 0; bit < weights.columns; bit++) {
      const x = left + (bit % width);
      const y = top + Math.floor(bit / width);
      data[y * bytesPerLine + (x >> 3)] |= getBit(weights, picture, bit) << (7 - (x & 7));
    }
  }
  const png = encode({ width: across * width, height: down * height, data, channels: 1, depth: 1 });
  return { uri: dataUri(png), pictures, across, down };
}

/** Tells where a picture lies in its sprite, as a CSS background-position; it holds at every size of the picture. */
export function positionIn({ across, down }: Sprite, picture: number): string {
  const share = (index: number, total: number): string =>
    `${total > 1 ? Number(((index / (total - 1)) * 100).toFixed(5)) : 0}%`;
  return `${share(picture % across, across)} ${share(Math.floor(picture / across), down)}`;
}
