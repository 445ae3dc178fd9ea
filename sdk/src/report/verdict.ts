import type { Witness } from './summary.js';
import { count, plural } from './numbers.js';

export type WitnessFinding = 'agrees' | 'differs' | 'compared nothing';

/** Returns what a witness found. A witness that saw no vector has agreed to nothing. */
export function findingOf({ vectors, mismatches }: Witness): WitnessFinding {
  if (mismatches > 0) return 'differs';
  return vectors > 0 ? 'agrees' : 'compared nothing';
}

/** What all witnesses together say. */
export interface Verdict {
  readonly finding: 'agree' | 'disagree' | 'unproven';
  readonly headline: string;
  /** One sentence for everything that speaks against the circuit; a single summing-up when nothing does. */
  readonly reasons: readonly string[];
}

export function verdictOn(witnesses: readonly Witness[]): Verdict {
  const differing = witnesses.filter((witness) => findingOf(witness) === 'differs');
  const silent = witnesses.filter((witness) => findingOf(witness) === 'compared nothing');
  const silence = silent.map(({ name, against }) => `${name} was compared with ${against} on no vector.`);
  if (differing.length > 0) {
    return {
      finding: 'disagree',
      headline: `${count(differing.length)} of ${plural(witnesses.length, 'witness', 'witnesses')} ${differing.length === 1 ? 'disagrees' : 'disagree'}`,
      reasons: [
        ...differing.map(
          ({ name, against, vectors, mismatches }) =>
            `${name} differs from ${against} on ${count(mismatches)} of ${plural(vectors, 'vector')}.`,
        ),
        ...silence,
      ],
    };
  }
  if (witnesses.length === 0 || silent.length > 0) {
    return {
      finding: 'unproven',
      headline: 'Nothing disagrees, but not everything was compared',
      reasons: witnesses.length === 0 ? ['No witness ran this circuit.'] : silence,
    };
  }
  const vectors = witnesses.reduce((sum, witness) => sum + witness.vectors, 0);
  return {
    finding: 'agree',
    headline: witnesses.length === 1 ? 'The witness agrees' : 'All witnesses agree',
    reasons: [
      `${plural(witnesses.length, 'witness', 'witnesses')}, ${plural(vectors, 'comparison')}, 0 mismatches in any output integer.`,
    ],
  };
}
