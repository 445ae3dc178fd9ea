/** Doubts in words, with what to try. */
import { count, percent } from '../../text/format.js';
import type { Doubt } from '../../workflow/doubts.js';

const REMEDIES =
  'Inputs far from 0 are a usual cause (a white ground, bytes around 128): leave --no-normalize out, or use ' +
  'withCentredInputs(recipe, dataset.train). Else try a lower learning rate, or more epochs at the first sharpness.';

/** Says in a line what may be wrong. */
export function describeDoubt(doubt: Doubt): string {
  switch (doubt.kind) {
    case 'constant-inputs':
      return (
        `${count(doubt.constant)} of ${count(doubt.inputs)} inputs are the same in every training example, input ${doubt.first} first: ` +
        'they tell the network nothing. At the border of pictures that is usual; a sensor that never changes should be looked at.'
      );
    case 'learns-nothing':
      return `WARNING: after ${doubt.epochs} epochs at most ${percent(doubt.best)} are right, near chance (${percent(doubt.chance)}). ${REMEDIES}`;
    case 'near-chance':
      return `WARNING: ${percent(doubt.right)} of the test right is near chance (${percent(doubt.chance)}). ${REMEDIES}`;
    case 'one-sided':
      return `WARNING: class ${doubt.class} takes ${percent(doubt.share)} of all predictions. ${REMEDIES}`;
    case 'unnamed-classes':
      return `WARNING: ${doubt.reason}`;
  }
}
