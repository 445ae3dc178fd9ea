/** What a sweep came to: every trial with what it reaches and takes, and the Pareto front, as JSON, Markdown and a drawing. */
import { join } from 'node:path';
import { writeWhole } from '../files.js';
import { withPackages } from '../packages/features.js';
import type { CheckedConfig } from '../project/schema.js';
import { count, percent } from '../report/numbers.js';
import { markdownTable } from '../reproduce/table.js';
import type { CheckedSweep } from './config.js';
import type { TrialOutcome } from './messages.js';
import { paretoFront } from './pareto.js';
import type { Trial } from './plan.js';

/** A trial of a finished sweep. */
export interface SweepRow extends TrialOutcome {
  readonly number: number;
  /** Whether no other trial validates as well and takes as little. */
  readonly isOnFront: boolean;
}

/** The files of the results. */
export interface SweepFiles {
  readonly json: string;
  readonly table: string;
  readonly chart: string;
}

export interface Swept {
  readonly sweep: CheckedSweep;
  readonly project: CheckedConfig;
  readonly trials: readonly { readonly trial: Trial; readonly outcome: TrialOutcome }[];
}

/** Something that a network takes, by the name that people read. */
export interface Cost {
  readonly title: string;
  of(outcome: TrialOutcome): number | undefined;
}

/** Returns what is weighed against accuracy. */
export const costsOf = ({ targets }: CheckedConfig): readonly Cost[] => [
  { title: 'gates', of: ({ figures }) => figures?.gates },
  { title: 'LUT4', of: ({ figures }) => figures?.lut4 },
  { title: 'flash bytes', of: ({ figures }) => figures?.bitstreamBytes },
  ...targets.boards.map((board) => ({
    title: `cycles on ${board}`,
    of: ({ figures }: TrialOutcome) => figures?.cycles[board],
  })),
];

/** Writes the results of a sweep into its folder. */
export async function writeResults(
  folder: string,
  swept: Swept,
): Promise<{ readonly rows: readonly SweepRow[]; readonly files: SweepFiles }> {
  const rows = rowsOf(swept);
  const costs = costsOf(swept.project);
  const files = {
    json: join(folder, 'results.json'),
    table: join(folder, 'results.md'),
    chart: join(folder, 'pareto.svg'),
  };
  const { paretoDrawing } = await withPackages('charts', () => import('../report/charts/pareto.js'));
  await writeWhole(files.json, `${JSON.stringify({ name: swept.sweep.name, trials: rows }, undefined, 1)}\n`);
  await writeWhole(files.table, resultsPage(swept, rows));
  const points = rows.filter(isWeighed).map((row) => ({
    number: row.number,
    accuracy: row.validationAccuracy,
    costs: costs.map((cost) => cost.of(row)),
  }));
  await writeWhole(files.chart, paretoDrawing(costs.map(({ title }) => title), points));
  return { rows, files };
}

const isWeighed = ({ figures }: TrialOutcome): boolean => figures !== undefined;

/** Returns the trials in their order, and which of them are on the front. */
export function rowsOf({ project, trials }: Swept): readonly SweepRow[] {
  const costs = costsOf(project);
  const weighed = trials
    .filter(({ outcome }) => isWeighed(outcome))
    .map(({ outcome }) => ({
      id: outcome.id,
      accuracy: outcome.validationAccuracy,
      costs: costs.map((cost) => cost.of(outcome) ?? Number.MAX_VALUE),
    }));
  const front = new Set(paretoFront(weighed).map(({ id }) => id));
  return trials.map(({ trial, outcome }) => ({
    number: trial.number,
    isOnFront: front.has(outcome.id),
    ...outcome,
  }));
}

/** Returns the results as Markdown: the front first, then every trial. */
export function resultsPage({ sweep, project }: Swept, rows: readonly SweepRow[]): string {
  const costs = costsOf(project);
  const paths = Object.keys(sweep.space);
  const head = ['trial', ...paths.map((path) => `\`${path}\``), 'mode', 'seed', 'validation', 'test'];
  const line = (row: SweepRow): readonly string[] => [
    String(row.number),
    ...paths.map((path) => JSON.stringify(row.point[path])),
    row.mode ?? '-',
    String(row.seed),
    row.kind === 'finished' ? percent(row.validationAccuracy) : `${row.kind} after ${row.history.length}`,
    row.accuracy?.frozen == null ? '-' : percent(row.accuracy.frozen),
    ...costs.map((cost) => {
      const value = cost.of(row);
      return value === undefined ? '-' : count(value);
    }),
  ];
  const table = (some: readonly SweepRow[]): string => {
    const all = [...head, ...costs.map(({ title }) => title)];
    return markdownTable(all, all.map(() => 'right'), some.map(line));
  };
  const front = [...rows.filter(({ isOnFront }) => isOnFront)].sort(
    (one, other) => other.validationAccuracy - one.validationAccuracy,
  );
  return [
    `# ${sweep.name}: ${rows.length} trials`,
    'Validation: the best epoch with signs and steps, which decides. Test: the frozen network, which is only reported. A trial is on the ' +
      'Pareto front if no other validates as well and takes as little of everything.',
    '![Validation accuracy against what networks take](pareto.svg)',
    '## The Pareto front',
    table(front),
    '## Every trial',
    table(rows),
  ]
    .join('\n\n')
    .concat('\n');
}
