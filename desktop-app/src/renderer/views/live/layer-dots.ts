import type { LiveLayer } from '../../../common/contract/live.js';
import type { Dots } from './paint.js';

/** Columns of a strip of values without places. */
const STRIP_COLUMNS = 64;
/** Dots of a picture of maps at most: of more, the first maps are shown. */
const MOST_DOTS = 1 << 16;
/** A map's side up to which maps stand in a row of about this many dots. */
const ROW_DOTS = 160;

/**
 * Lays out a layer's values as dots: a map for each channel side by side, or a strip of those that have no place. Values that differ from
 * `other` are above 1.
 */
export function layerDots({ shape, isBinary }: LiveLayer, values: Int32Array, other?: Int32Array): Dots {
  const [height, width, channels] = shape;
  const levelOf = leveller(values, isBinary);
  const level = (index: number): number =>
    other !== undefined && other[index] !== values[index] ? 2 : levelOf(values[index]);
  if (height * width === 1) {
    const columns = Math.min(channels, STRIP_COLUMNS);
    const rows = Math.ceil(channels / columns);
    const levels = new Float32Array(columns * rows).fill(-1);
    for (let index = 0; index < channels; index++) levels[index] = level(index);
    return { width: columns, height: rows, levels };
  }
  const shown = Math.min(channels, Math.max(1, Math.floor(MOST_DOTS / (height * width))));
  const across = Math.min(shown, Math.max(1, Math.floor(ROW_DOTS / (width + 1))));
  const down = Math.ceil(shown / across);
  const dots = { width: across * (width + 1) - 1, height: down * (height + 1) - 1 };
  const levels = new Float32Array(dots.width * dots.height).fill(-1);
  for (let channel = 0; channel < shown; channel++) {
    const left = (channel % across) * (width + 1);
    const top = Math.floor(channel / across) * (height + 1);
    for (let position = 0; position < height * width; position++) {
      const at = (top + Math.floor(position / width)) * dots.width + left + (position % width);
      levels[at] = level(position * channels + channel);
    }
  }
  return { ...dots, levels };
}

/** Scales values to 0 to 1: bits as they are, integers between the least and the largest. */
function leveller(values: Int32Array, isBinary: boolean): (value: number) => number {
  if (isBinary) return (value) => value;
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return (value) => (high === low ? 0.5 : (value - low) / (high - low));
}
