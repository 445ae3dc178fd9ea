import { count } from '../../text/format.js';
import type { Witness } from '../../workflow/index.js';

/** Writes text such as "circuit: 4 of 4 equal to the integer oracle in every output". */
export const witnessText = ({ name, against, vectors, mismatches }: Witness): string =>
  `${name}: ${count(vectors - mismatches)} of ${count(vectors)} equal to the ${against} in every output`;

/** Makes the command end with exit code 1 if any witness disagrees. */
export function failOnMismatch(witnesses: readonly Witness[]): void {
  if (witnesses.some(({ mismatches }) => mismatches > 0)) process.exitCode = 1;
}
