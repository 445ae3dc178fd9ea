import { ModelError } from '@adiabit/simulator';
import type { Batch } from './batches.js';
import type { Examples } from './dataset.js';
import type { Random } from './random.js';

/** How a training varies its examples, as plain data. */
export interface Augmentation {
  /** Every image is moved by a random whole number of pixels from -maxShift to maxShift, down and to the right. */
  readonly maxShift: number;
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

/** A copy of the examples, every one moved alike. @throws ModelError when they are not images [height, width] */
export function shiftExamples(examples: Examples, shift: Shift): Examples {
  const width = imageWidth(examples.shape);
  const size = examples.values.length / examples.count;
  const values = new Uint8Array(examples.values.length);
  for (let start = 0; start < values.length; start += size) {
    copyShifted(values.subarray(start, start + size), examples.values.subarray(start, start + size), width, shift);
  }
  return { ...examples, values };
}

/** The batch with every image moved at random. Draws two numbers an image. */
export function shiftBatch(batch: Batch, shape: readonly number[], { maxShift }: Augmentation, random: Random): Batch {
  const width = imageWidth(shape);
  const size = batch.inputs.length / batch.size;
  const inputs = new Float32Array(batch.inputs.length);
  for (let start = 0; start < inputs.length; start += size) {
    const shift = { down: random.below(2 * maxShift + 1) - maxShift, right: random.below(2 * maxShift + 1) - maxShift };
    copyShifted(inputs.subarray(start, start + size), batch.inputs.subarray(start, start + size), width, shift);
  }
  return { ...batch, inputs };
}

/** @throws ModelError `model.bad-value` for a shift that is no whole number, or examples that are no images */
export function checkAugmentation({ maxShift }: Augmentation, shape: readonly number[]): void {
  imageWidth(shape);
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
