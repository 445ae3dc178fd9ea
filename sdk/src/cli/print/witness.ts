import { count } from '../../text/format.js';
import type { Witness } from '../../workflow/index.js';

/** Writes text such as "circuit: 4 of 4 equal to the integer oracle in every output". */
export const witnessText = (witness: Witness): string =>
  `${witness.name}: ${count(witness.vectors - witness.mismatches)} of ${count(witness.vectors)} equal to the ` +
  `${witness.against} ${comparedText(witness)}`;

/** Says in what a witness was compared. */
export const comparedText = ({ classesOnly }: Witness): string =>
  classesOnly ? 'in the class (its firmware tells nothing else)' : 'in every output';

/** Makes the command end with exit code 1 if any witness disagrees. */
export function failOnMismatch(witnesses: readonly Witness[]): void {
  if (witnesses.some(({ mismatches }) => mismatches > 0)) process.exitCode = 1;
}
