import type { LayerFacts } from '../../../common/contract/circuits.js';

type WeightFacts = NonNullable<LayerFacts['weights']>;

/** Colours as 0xAABBGGRR, as a canvas has them in memory. */
export interface WeightColours {
  readonly plus: number;
  readonly minus: number;
  readonly gap: number;
  /** Of an 8-bit weight from -127 to 127. */
  readonly grey: (weight: number) => number;
}

/** How a row of weights is laid out as a picture, in weights. */
export interface TileShape {
  readonly width: number;
  readonly height: number;
  /** The place of weight `index`: y * width + x. */
  readonly at: (index: number) => number;
}

/**
 * Lays out the weights of one neuron or channel: a picture as it is; of several channels one picture beside the other, with a gap; values
 * without a shape in one line.
 */
export function tileShape([height, width, channels]: WeightFacts['tile']): TileShape {
  if (height * width === 1) return { width: channels, height: 1, at: (index) => index };
  const across = channelsAcross(channels);
  const down = Math.ceil(channels / across);
  const whole = across * (width + 1) - 1;
  return {
    width: whole,
    height: down * (height + 1) - 1,
    at: (index) => {
      const channel = index % channels;
      const position = Math.floor(index / channels);
      const x = (channel % across) * (width + 1) + (position % width);
      const y = Math.floor(channel / across) * (height + 1) + Math.floor(position / width);
      return y * whole + x;
    },
  };
}

/** How many channels stand side by side: all of a few; else a number that divides them and makes nearly a square, if there is one. */
function channelsAcross(channels: number): number {
  if (channels <= 4) return channels;
  const side = Math.ceil(Math.sqrt(channels));
  for (let across = side; across <= 2 * side; across++) if (channels % across === 0) return across;
  return side;
}

/** Reads weight `index` of a row: +1 or -1, or an 8-bit weight. */
export function weightAt({ form, columns }: WeightFacts, bytes: Uint8Array, row: number, index: number): number {
  if (form === 'integer') return (bytes[row * columns + index] << 24) >> 24;
  return (bytes[row * Math.ceil(columns / 8) + (index >>> 3)] >>> (index & 7)) & 1 ? 1 : -1;
}

/** Draws a row of weights, a pixel a weight. */
export function drawTile(
  facts: WeightFacts,
  bytes: Uint8Array,
  row: number,
  shape: TileShape,
  colours: WeightColours,
): Uint32Array {
  const pixels = new Uint32Array(shape.width * shape.height).fill(colours.gap);
  for (let index = 0; index < facts.columns; index++) {
    const weight = weightAt(facts, bytes, row, index);
    const colour = facts.form === 'integer' ? colours.grey(weight) : weight > 0 ? colours.plus : colours.minus;
    pixels[shape.at(index)] = colour;
  }
  return pixels;
}
