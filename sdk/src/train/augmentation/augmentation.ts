import type { Random } from '../../random.js';
import type { Batch } from '../datasets/batches.js';
import type { Layer } from '../network/layers.js';
import { checkPictureAugmentation, type PictureAugmentation, shiftBatch } from './shifts.js';
import { checkSoundAugmentation, type SoundAugmentation, varySounds } from './sound-augmentation.js';

/** How a training varies its examples, as plain data. */
export type Augmentation = PictureAugmentation | SoundAugmentation;

/** Returns the batch with every example varied. */
export function vary(batch: Batch, shape: readonly number[], augmentation: Augmentation, random: Random): Batch {
  return augmentation.kind === 'sound'
    ? varySounds(batch, augmentation, random)
    : shiftBatch(batch, shape, augmentation, random);
}

/**
 * Checks an augmentation against the examples that it shall vary.
 * @throws ModelError `model.bad-value` for a setting out of range, or examples of another kind
 */
export function checkAugmentation(
  augmentation: Augmentation,
  shape: readonly number[],
  [first]: readonly Layer[],
): void {
  if (augmentation.kind === 'sound') checkSoundAugmentation(augmentation, first.kind === 'mu-law');
  else checkPictureAugmentation(augmentation, shape);
}
