import type { PictureShape } from '@adiabit/simulator/network';
import { html } from '../report/html.js';
import { colourPicture } from '../report/pictures.js';
import { panelHead, WIDTH, type Panel } from './panels.js';

/** Red, green and blue of a value, 0..255 each. */
export type Paint = (index: number) => readonly [number, number, number];

const LEFT = 16;
const HEAD = 44;
const GAP = 3;
/** The grey of the gaps, neither black nor white. */
const FRAME = 185;

/**
 * Draws the values of a layer that has places, channel by channel: a picture each, or a stripe each of a line of
 * places.
 */
export function featureMapPanel(head: string, more: string, shape: PictureShape, paint: Paint): Panel {
  const [height] = shape;
  const drawn = height === 1 ? stripes(shape, paint) : grid(shape, paint);
  return {
    height: HEAD + drawn.height + 22,
    content: html`${panelHead(head, more)}<image
        x="${LEFT}"
        y="${HEAD}"
        width="${WIDTH - 2 * LEFT}"
        height="${drawn.height}"
        href="${drawn.uri}"
        preserveAspectRatio="none"
        style="image-rendering: pixelated"
      />`,
  };
}

interface Drawn {
  readonly uri: string;
  /** Height in the drawing. */
  readonly height: number;
}

/** Draws a line of places from left to right, a channel in every row; what falls on one pixel is its mean. */
function stripes([, width, channels]: PictureShape, paint: Paint): Drawn {
  const columns = Math.min(width, WIDTH - 2 * LEFT);
  const pixels = new Uint8Array(3 * columns * channels);
  for (let channel = 0; channel < channels; channel++) {
    for (let column = 0; column < columns; column++) {
      const from = Math.floor((column * width) / columns);
      const end = Math.max(from + 1, Math.floor(((column + 1) * width) / columns));
      const sums = [0, 0, 0];
      for (let place = from; place < end; place++)
        paint(place * channels + channel).forEach((part, colour) => (sums[colour] += part));
      pixels.set(
        sums.map((sum) => Math.round(sum / (end - from))),
        3 * (channel * columns + column),
      );
    }
  }
  return { uri: colourPicture(pixels, [channels, columns]), height: Math.max(48, channels * (channels > 32 ? 4 : 6)) };
}

/** Returns how many pictures stand in a row, so that their pixels can be told apart. */
const picturesPerRow = (channels: number): number =>
  channels <= 4 ? 4 : channels <= 16 ? 8 : channels <= 128 ? 16 : 32;

/**
 * Draws a picture a channel, row after row. A pixel of the maps is drawn as several, so that the gaps between them can
 * be thin.
 */
function grid([height, width, channels]: PictureShape, paint: Paint): Drawn {
  const across = picturesPerRow(channels);
  const down = Math.ceil(channels / across);
  const cell = (WIDTH - 2 * LEFT - (across - 1) * GAP) / across;
  const scale = Math.max(1, Math.round(cell / width));
  const [cellWidth, cellHeight] = [scale * width + GAP, scale * height + GAP];
  const [fullWidth, fullHeight] = [across * cellWidth - GAP, down * cellHeight - GAP];
  const pixels = new Uint8Array(3 * fullWidth * fullHeight).fill(FRAME);
  for (let index = 0; index < height * width * channels; index++) {
    const channel = index % channels;
    const place = (index - channel) / channels;
    const left = (channel % across) * cellWidth + (place % width) * scale;
    const top = Math.floor(channel / across) * cellHeight + Math.floor(place / width) * scale;
    const colour = paint(index);
    for (let y = top; y < top + scale; y++)
      for (let x = left; x < left + scale; x++) pixels.set(colour, 3 * (y * fullWidth + x));
  }
  const uri = colourPicture(pixels, [fullHeight, fullWidth]);
  return { uri, height: Math.round(((WIDTH - 2 * LEFT) * fullHeight) / fullWidth) };
}
