import type { Doubt } from '@adiabit/sdk/workflow';

const REMEDY =
  'Try a lower learning rate, or more epochs at the first sharpness; look at the data for values far from 0.';

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** Says what may be wrong, and what to try. */
export function doubtInWords(doubt: Doubt): string {
  switch (doubt.kind) {
    case 'constant-inputs':
      return `${doubt.constant} of ${doubt.inputs} inputs are the same in every example, input ${doubt.first} first. At the border of pictures that is usual; a sensor that never changes should be looked at.`;
    case 'learns-nothing':
      return `After ${doubt.epochs} epochs at most ${percent(doubt.best)} are right, near chance (${percent(doubt.chance)}). ${REMEDY}`;
    case 'near-chance':
      return `${percent(doubt.right)} of the test right is near chance (${percent(doubt.chance)}). ${REMEDY}`;
    case 'one-sided':
      return `Class ${doubt.class} takes ${percent(doubt.share)} of all predictions. ${REMEDY}`;
    case 'unnamed-classes':
      return doubt.reason;
  }
}
