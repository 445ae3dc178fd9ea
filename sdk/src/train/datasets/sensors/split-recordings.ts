import { DataError } from '@adiabit/simulator/errors';
import { permutation, Random } from '../../../random.js';

/** The shares of the examples that are set aside, and the seed of the choice. */
export interface RecordingSplit {
  /** If absent, 0.1. */
  readonly validation?: number | undefined;
  /** If absent, 0.2. */
  readonly test?: number | undefined;
  /** If absent, 1. It is apart from the training seed, so that trainings compare. */
  readonly seed?: number | undefined;
}

/** An example by what decides where it goes. */
export interface Member {
  readonly recording: string;
  /** Its class, 0 to classes - 1. */
  readonly label: number;
}

export const PARTS = ['train', 'test', 'validation'] as const;
export type Part = (typeof PARTS)[number];

/**
 * Shares recordings out, so that no two parts have examples of one recording; each class is in every part, nearly in
 * proportion. It is iterative stratification (K. Sechidis et al., "On the stratification of multi-label data", ECML
 * PKDD 2011): the class with the fewest recordings left goes first, and each of its recordings goes where most of that
 * class is still wanted.
 * @returns the part of each example
 * @throws DataError `data.too-few-recordings` naming a class that cannot be in every part, `data.bad-value` for shares
 * that leave nothing to learn from
 */
export function splitRecordings(
  members: readonly Member[],
  classNames: readonly string[],
  { validation = 0.1, test = 0.2, seed = 1 }: RecordingSplit = {},
): readonly Part[] {
  const share: Readonly<Record<Part, number>> = { train: 1 - validation - test, test, validation };
  if (!(share.train > 0 && test > 0 && validation > 0)) {
    const message = `The shares ${validation} for validation and ${test} for the test leave nothing to learn from. Give less.`;
    throw new DataError('bad-value', message, { validation, test });
  }
  const recordings = countsOf(members, classNames.length);
  const wanted = PARTS.map((part) => totals(recordings, classNames.length).map((count) => share[part] * count));
  const has = PARTS.map(() => new Uint8Array(classNames.length));
  const partOf = new Map<string, number>();
  const random = Random.fromSeed(seed, 'recording split');
  const shuffled = [...permutation(recordings.length, random)].map((index) => recordings[index]);
  for (;;) {
    const left = shuffled.filter(({ name }) => !partOf.has(name));
    if (left.length === 0) break;
    const label = rarest(left, classNames.length);
    for (const { name, counts } of left.filter((one) => one.counts[label] > 0)) {
      // A part without the class goes first; the order of the parts decides between equals.
      const need = (part: number): number => (has[part][label] === 1 ? 0 : members.length) + wanted[part][label];
      const best = PARTS.reduce((most, _, part) => (need(part) > need(most) ? part : most), 0);
      partOf.set(name, best);
      counts.forEach((count, index) => {
        wanted[best][index] -= count;
        if (count > 0) has[best][index] = 1;
      });
    }
  }
  checkParts(has, recordings, classNames);
  return members.map(({ recording }) => PARTS[partOf.get(recording)!]);
}

interface Counted {
  readonly name: string;
  /** Examples of each class. */
  readonly counts: Uint32Array;
}

function countsOf(members: readonly Member[], classes: number): readonly Counted[] {
  const byName = new Map<string, Uint32Array>();
  for (const { recording, label } of members) {
    const counts = byName.get(recording) ?? new Uint32Array(classes);
    counts[label]++;
    byName.set(recording, counts);
  }
  return [...byName].map(([name, counts]) => ({ name, counts }));
}

const totals = (recordings: readonly Counted[], classes: number): readonly number[] =>
  Array.from({ length: classes }, (_, label) => recordings.reduce((sum, { counts }) => sum + counts[label], 0));

/** Returns the class that the fewest recordings have, of those that any has. */
function rarest(recordings: readonly Counted[], classes: number): number {
  const holders = Array.from(
    { length: classes },
    (_, label) => recordings.filter(({ counts }) => counts[label] > 0).length,
  );
  const least = Math.min(...holders.filter((count) => count > 0));
  return holders.indexOf(least);
}

function checkParts(has: readonly Uint8Array[], recordings: readonly Counted[], classNames: readonly string[]): void {
  for (const [label, name] of classNames.entries()) {
    const part = has.findIndex((one) => one[label] === 0);
    if (part < 0) continue;
    const count = recordings.filter(({ counts }) => counts[label] > 0).length;
    const message =
      `The class ${name} has ${count} ${count === 1 ? 'recording' : 'recordings'}, too few to have some in training, validation and test: the ${PARTS[part]} part got none. ` +
      'Record it more often, at least three times; or say what else is a recording: "recording": { "column": ... } or { "rows": ... }.';
    throw new DataError('too-few-recordings', message, { class: name, recordings: count });
  }
}
