/** An example that was classified, with its right class. */
export interface Judged {
  readonly index: number;
  readonly label: number;
  readonly class: number;
  /** What the simulator said, if a device was asked too. */
  readonly differs: boolean;
  /** Milliseconds on the device, if it counts. */
  readonly deviceMs?: number;
}

/** How examples were classified so far. */
export interface Tally {
  readonly done: number;
  readonly correct: number;
  readonly differing: number;
  /** Sum and number of the device's times. */
  readonly deviceMs: number;
  readonly timed: number;
  /** Per right class, per class given: how many. */
  readonly matrix: readonly (readonly number[])[];
  /** Those that were classified wrong, the newest last. */
  readonly mistakes: readonly Judged[];
  /** Per cell of the matrix (`label * classes + class`), the examples in it, the first of them only. */
  readonly examples: ReadonlyMap<number, readonly number[]>;
}

const MOST_MISTAKES = 500;
const MOST_EXAMPLES = 50;

export const emptyTally = (classes: number): Tally => ({
  done: 0,
  correct: 0,
  differing: 0,
  deviceMs: 0,
  timed: 0,
  matrix: Array.from({ length: classes }, () => new Array<number>(classes).fill(0)),
  mistakes: [],
  examples: new Map(),
});

/** Adds examples to a tally; it stays what it was. */
export function tallied(tally: Tally, judged: readonly Judged[]): Tally {
  const matrix = tally.matrix.map((row) => [...row]);
  const examples = new Map(tally.examples);
  let { correct, differing, deviceMs, timed } = tally;
  for (const one of judged) {
    matrix[one.label][one.class]++;
    const cell = one.label * matrix.length + one.class;
    const known = examples.get(cell) ?? [];
    if (known.length < MOST_EXAMPLES) examples.set(cell, [...known, one.index]);
    if (one.label === one.class) correct++;
    if (one.differs) differing++;
    if (one.deviceMs !== undefined) {
      deviceMs += one.deviceMs;
      timed++;
    }
  }
  return {
    done: tally.done + judged.length,
    correct,
    differing,
    deviceMs,
    timed,
    matrix,
    mistakes: [...tally.mistakes, ...judged.filter(({ label, class: given }) => label !== given)].slice(-MOST_MISTAKES),
    examples,
  };
}
