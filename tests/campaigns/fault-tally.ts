import { FAULT_KINDS, type FaultKind, type RunResult } from './fault-run.js';

/** What became of the runs of one kind. */
export interface KindTally {
  readonly runs: number;
  readonly faults: number;
  /** Sessions of which the host said that they succeeded. */
  readonly flashed: number;
  /** Devices that booted the offered circuit, the old one, or none (allowed with one slot only). */
  readonly new: number;
  readonly old: number;
  readonly none: number;
  readonly inferences: number;
}

/** A run that broke a promise. */
export interface Failure {
  readonly number: number;
  readonly kind: FaultKind;
  readonly message: string;
}

export interface Tally {
  readonly runs: number;
  readonly kinds: Readonly<Record<FaultKind, KindTally>>;
  readonly failures: readonly Failure[];
}

const NOTHING: KindTally = { runs: 0, faults: 0, flashed: 0, new: 0, old: 0, none: 0, inferences: 0 };

export const emptyTally = (): Tally => ({
  runs: 0,
  kinds: Object.fromEntries(FAULT_KINDS.map((kind) => [kind, NOTHING])) as Record<FaultKind, KindTally>,
  failures: [],
});

const sum = (a: KindTally, b: KindTally): KindTally => ({
  runs: a.runs + b.runs,
  faults: a.faults + b.faults,
  flashed: a.flashed + b.flashed,
  new: a.new + b.new,
  old: a.old + b.old,
  none: a.none + b.none,
  inferences: a.inferences + b.inferences,
});

export function addResult(tally: Tally, { kind, faults, flashed, outcome, inferences }: RunResult): Tally {
  const one = { ...NOTHING, runs: 1, faults, flashed: Number(flashed), [outcome]: 1, inferences };
  return { ...tally, runs: tally.runs + 1, kinds: { ...tally.kinds, [kind]: sum(tally.kinds[kind], one) } };
}

export const addFailure = (tally: Tally, failure: Failure): Tally => ({
  runs: tally.runs + 1,
  kinds: { ...tally.kinds, [failure.kind]: sum(tally.kinds[failure.kind], { ...NOTHING, runs: 1 }) },
  failures: [...tally.failures, failure],
});

export const mergeTallies = (tallies: readonly Tally[]): Tally =>
  tallies.reduce(
    (total, { runs, kinds, failures }) => ({
      runs: total.runs + runs,
      kinds: Object.fromEntries(FAULT_KINDS.map((kind) => [kind, sum(total.kinds[kind], kinds[kind])])) as Record<
        FaultKind,
        KindTally
      >,
      failures: [...total.failures, ...failures],
    }),
    emptyTally(),
  );

/** The tally as a table in Markdown. */
export function tableOf({ kinds, failures }: Tally): string {
  const failed = (kind: FaultKind): number => failures.filter((failure) => failure.kind === kind).length;
  const row = (name: string, tally: KindTally, broken: number): string =>
    `| ${[name, tally.runs, tally.faults, tally.flashed, tally.new, tally.old, tally.none, tally.inferences, broken]
      .map((value) => (typeof value === 'number' ? value.toLocaleString('en-US') : value))
      .join(' | ')} |`;
  const total = FAULT_KINDS.map((kind) => kinds[kind]).reduce(sum, NOTHING);
  return [
    '| what fails | runs | faults | sessions said to have succeeded | boots the new circuit | the old one | none (one slot) | inferences right | broken promises |',
    '|---|---|---|---|---|---|---|---|---|',
    ...FAULT_KINDS.map((kind) => row(kind, kinds[kind], failed(kind))),
    row('all', total, failures.length),
  ].join('\n');
}
