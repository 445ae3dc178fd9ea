import { count, decimal, percent, plural, seconds, THIN } from '../report/numbers.js';
import type { Dataset } from '../train/datasets/dataset.js';
import { summarizeModes, type ResultRow, type Spread } from './results.js';

/** What a table is about, besides its rows. */
export interface TableContext {
  /** The family of recipes, for example `mnist`. */
  readonly family: string;
  readonly dataset: Pick<Dataset, 'source' | 'train' | 'validation' | 'test'>;
  /** The command that makes the table again. */
  readonly command: string;
  /** File name of the curves, beside the table. */
  readonly curves: string;
  /** Trainings that are still to come. */
  readonly missing: number;
}

/** Returns the results as Markdown: modes with all their seeds together, then every training. */
export function resultsTable(context: TableContext, rows: readonly ResultRow[]): string {
  const { family, dataset, command, curves, missing } = context;
  const { source, train, validation, test } = dataset;
  const summaries = summarizeModes(rows).map((summary) => [
    summary.mode,
    summary.seeds.join(', '),
    accuracySpread(summary.soft),
    accuracySpread(summary.hard),
    accuracySpread(summary.frozen),
    summary.gapToReal === null ? '-' : withDeviation(points(summary.gapToReal.mean), summary.gapToReal),
    seconds(summary.secondsMean),
  ]);
  const trainings = rows.map((row) => [
    row.recipe,
    String(row.seed),
    percent(row.soft),
    percent(row.hard),
    row.frozen === null ? '-' : percent(row.frozen),
    row.gapToReal === null ? '-' : points(row.gapToReal),
    `${row.epochs} (${row.bestEpoch})`,
    seconds(row.seconds),
    row.backend,
  ]);
  return [
    `# ${family}: what each mode reaches`,
    `\`${command}\` made this page${missing > 0 ? `; ${plural(missing, 'training')} to go` : ''}.`,
    `Data: ${source}; ${count(train.count)} examples to train on, ${count(validation.count)} for validation, ` +
      `${count(test.count)} to test with. All accuracies are of the test examples, for the epoch whose hard network ` +
      'validates best. Soft: as trained, at that epoch\u2019s sharpness. Hard: with signs and steps. After freezing: as exact ' +
      'integers, what was real in 8 bits. Gap to real: hard, less hard of mode real with the same seed, in percentage points.',
    markdownTable(
      ['mode', 'seeds', 'soft', 'hard', 'after freezing', 'gap to real', 'mean time'],
      ['left', 'left', 'right', 'right', 'right', 'right', 'right'],
      summaries,
    ),
    ...(rows.some(({ seed }) => seed !== rows[0].seed)
      ? ['Mean and, after \u00b1, the standard deviation over the seeds.']
      : []),
    `![Validation accuracy and sharpness over the epochs, mode by mode](${curves})`,
    '## Every training',
    markdownTable(
      ['recipe', 'seed', 'soft', 'hard', 'after freezing', 'gap to real', 'epochs (best)', 'time', 'backend'],
      ['left', 'right', 'right', 'right', 'right', 'right', 'right', 'right', 'left'],
      trainings,
    ),
    ...refusals(rows),
    'Times are of training alone, with its evaluations, and vary with the machine and what else it does.',
  ]
    .join('\n\n')
    .concat('\n');
}

/** Tells why some networks have no accuracy after freezing, each reason once. */
function refusals(rows: readonly ResultRow[]): string[] {
  const reasons = new Map(rows.flatMap(({ mode, notFrozen }) => (notFrozen === undefined ? [] : [[mode, notFrozen]])));
  if (reasons.size === 0) return [];
  return [['No accuracy after freezing:', ...[...reasons].map(([mode, reason]) => `* ${mode}: ${reason}`)].join('\n')];
}

/** Writes a table as Markdown. */
export function markdownTable(
  head: readonly string[],
  alignment: readonly ('left' | 'right')[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(alignment.map((side) => (side === 'left' ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

const accuracySpread = (spread: Spread | null): string =>
  spread === null ? '-' : withDeviation(percent(spread.mean), spread);

const withDeviation = (text: string, { deviation }: Spread): string =>
  deviation === null ? text : `${text} \u00b1${THIN}${decimal(deviation * 100, 2)}`;

/** Writes percentage points with their sign. */
const points = (difference: number): string => (difference > 0 ? '+' : '') + decimal(difference * 100, 2);
