import { ModelError } from '@adiabit/simulator/errors';
import type { Random } from '../../random.js';
import type { Batch } from '../datasets/batches.js';
import type { Examples } from '../datasets/dataset.js';
import { drawAffine, type Warp, warpImage } from './warps.js';

/** How a training varies pictures, as plain data. */
export interface PictureAugmentation {
  readonly kind?: 'picture';
  /** Every image is moved by a random whole number of pixels from -maxShift to maxShift, down and to the right. */
  readonly maxShift: number;
  /** What enters: the pixel at the edge, or 0. If absent, 0. */
  readonly fill?: 'zero' | 'nearest';
  /** Whether half of the images, at random, are mirrored left to right. */
  readonly mirrors?: boolean;
  /** How every image is turned, stretched and slanted as well; it then moves by any real number of pixels. */
  readonly warp?: Warp;
}

/** A move of an image in whole pixels, down and to the right. What leaves is lost, what enters is 0. */
export interface Shift {
  readonly down: number;
  readonly right: number;
}

/** One pixel up, down, left and right. */
export const neighbourShifts: readonly Shift[] = [
  { down: -1, right: 0 },
  { down: 1, right: 0 },
  { down: 0, right: -1 },
  { down: 0, right: 1 },
];

type Pixels = Uint8Array | Float32Array;

/** Copies the image `source` [height, width] into `target`, moved. `target` must be all zeros. */
export function copyShifted<T extends Pixels>(target: T, source: T, width: number, { down, right }: Shift): void {
  const height = source.length / width;
  const from = Math.max(0, -right);
  const to = Math.min(width, width - right);
  if (to <= from) return;
  for (let row = Math.max(0, -down); row < Math.min(height, height - down); row++) {
    target.set(source.subarray(row * width + from, row * width + to), (row + down) * width + right + from);
  }
}

/**
 * Returns a copy of the examples, every one moved alike.
 * @throws ModelError when they are not images [height, width]
 */
export function shiftExamples(examples: Examples, shift: Shift): Examples {
  const width = imageWidth(examples.shape);
  const size = examples.values.length / examples.count;
  const values = new Uint8Array(examples.values.length);
  for (let start = 0; start < values.length; start += size) {
    copyShifted(values.subarray(start, start + size), examples.values.subarray(start, start + size), width, shift);
  }
  return { ...examples, values };
}

/**
 * Returns the batch with every image moved at random. Draws two numbers an image, one more to mirror it, three more to
 * warp it.
 */
export function shiftBatch(
  batch: Batch,
  shape: readonly number[],
  { maxShift, fill = 'zero', mirrors = false, warp }: PictureAugmentation,
  random: Random,
): Batch {
  const [height, width, channels = 1] = shape;
  const size = batch.inputs.length / batch.size;
  const inputs = new Float32Array(batch.inputs.length);
  const picture = [height, width, channels] as const;
  const draw = (): number => (warp ? random.uniform(-maxShift, maxShift) : random.below(2 * maxShift + 1) - maxShift);
  for (let start = 0; start < inputs.length; start += size) {
    const shift = { down: draw(), right: draw() };
    const isMirrored = mirrors && random.below(2) === 1;
    const source = batch.inputs.subarray(start, start + size);
    const target = inputs.subarray(start, start + size);
    if (warp) warpImage(target, source, picture, drawAffine(warp, isMirrored, random), shift, fill === 'nearest');
    else moveImage(target, source, picture, { ...shift, isMirrored, fill });
  }
  return { ...batch, inputs };
}

interface Move extends Shift {
  readonly isMirrored: boolean;
  readonly fill: 'zero' | 'nearest';
}

/** Copies `source` [height, width, channels] into `target`, all zeros, mirrored and then moved. */
function moveImage(
  target: Float32Array,
  source: Float32Array,
  [height, width, channels]: readonly [number, number, number],
  { down, right, isMirrored, fill }: Move,
): void {
  for (let y = 0; y < height; y++) {
    const fromY = Math.min(Math.max(y - down, 0), height - 1);
    if (fill === 'zero' && fromY !== y - down) continue;
    for (let x = 0; x < width; x++) {
      const inside = Math.min(Math.max(x - right, 0), width - 1);
      if (fill === 'zero' && inside !== x - right) continue;
      const fromX = isMirrored ? width - 1 - inside : inside;
      const from = (fromY * width + fromX) * channels;
      const to = (y * width + x) * channels;
      for (let channel = 0; channel < channels; channel++) target[to + channel] = source[from + channel];
    }
  }
}

/**
 * Checks how pictures shall be varied.
 * @throws ModelError `model.bad-value` for a shift that is no whole number, or examples that are neither [height,
 * width] nor [height, width, channels]
 */
export function checkPictureAugmentation({ maxShift, warp }: PictureAugmentation, shape: readonly number[]): void {
  if (shape.length !== 3) imageWidth(shape);
  if (warp && !Object.values(warp).every((most) => Number.isFinite(most) && most >= 0)) {
    const message = `augmentation.warp must be of numbers from 0 up, not ${JSON.stringify(warp)}.`;
    throw new ModelError('bad-value', message, { ...warp });
  }
  if (!Number.isInteger(maxShift) || maxShift < 1 || maxShift > 127) {
    const message = `augmentation.maxShift must be a whole number of pixels from 1 to 127, not ${maxShift}.`;
    throw new ModelError('bad-value', message, { maxShift });
  }
}

function imageWidth(shape: readonly number[]): number {
  if (shape.length === 2) return shape[1];
  const message = `Only images [height, width] can be shifted, not examples of the shape [${shape.join(', ')}].`;
  throw new ModelError('bad-value', message, { shape });
}
