import * as Plot from '@observablehq/plot';
import type { Html } from '../html.js';
import { count, percent } from '../numbers.js';
import { CHART_WIDTH, drawChart } from './svg.js';

/** How often one class was taken for another, or for itself. */
export interface Confusion {
  readonly truth: number;
  readonly given: number;
  readonly examples: number;
}

export const confusionsOf = (matrix: readonly (readonly number[])[]): Confusion[] =>
  matrix.flatMap((row, truth) => row.map((examples, given) => ({ truth, given, examples })));

export const isError = ({ truth, given }: Confusion): boolean => truth !== given;

const EDGE = { left: 48, right: 66, top: 54, bottom: 6 };
/** The most classes with numbers in the cells: with more, the cells are too small for numbers. */
const NUMBERED = 25;
/** The most letters of a name beside the axis, and the width of a letter. */
const LONGEST_NAME = 5;
const LETTER = 8;

/**
 * Draws the confusion matrix. Right answers outnumber errors a hundred to one, so the diagonal is left pale and the
 * errors have the colour scale to themselves, by square root.
 */
export function confusionChart(matrix: readonly (readonly number[])[], classNames: readonly string[] = []): Html {
  const cells = confusionsOf(matrix);
  const errors = cells.filter((cell) => isError(cell) && cell.examples > 0);
  const worst = Math.max(1, ...errors.map(({ examples }) => examples));
  const classes = matrix.map((_, index) => index);
  const size = (CHART_WIDTH - EDGE.left - EDGE.right) / Math.max(1, classes.length);
  const fontSize = Math.min(13, size * 0.33);
  const legible = classes.length <= NUMBERED;
  const place = { x: 'given', y: 'truth' } as const;
  const text = (data: readonly Confusion[], options: Plot.TextOptions) =>
    Plot.text(legible ? data : [], { ...place, text: (cell: Confusion) => count(cell.examples), fontSize, ...options });
  const ticks = legible ? classes : classes.filter((index) => index % 10 === 0);
  // Names stand at the axes where all have room.
  const hasRoom =
    classNames.length > 0 && classNames.every(({ length }) => length <= Math.min(LONGEST_NAME, size / LETTER));
  const tickFormat = (index: number): string => (hasRoom ? (classNames.at(index) ?? String(index)) : String(index));
  const wrong = errors.reduce((sum, { examples }) => sum + examples, 0);

  return drawChart({
    height: Math.round(size * classes.length) + EDGE.top + EDGE.bottom,
    marginLeft: EDGE.left,
    marginRight: EDGE.right,
    marginTop: EDGE.top,
    marginBottom: EDGE.bottom,
    padding: legible ? 0.06 : 0,
    ariaLabel:
      `Confusion matrix of ${classes.length} classes with ${count(wrong)} errors: ` +
      'rows are true classes, columns the classes that they were taken for.',
    x: { domain: classes, label: null },
    y: { domain: classes, label: null },
    opacity: { type: 'linear', domain: [0, 1], range: [0, 1] },
    marks: [
      Plot.axisX({ anchor: 'top', ticks, tickFormat, tickSize: 0, color: 'var(--muted)' }),
      Plot.axisY({ ticks, tickFormat, tickSize: 0, color: 'var(--muted)' }),
      Plot.text(['taken for'], { frameAnchor: 'top', dy: -44, fill: 'var(--ink)', fontWeight: 600 }),
      Plot.text(['true class'], { frameAnchor: 'left', dx: -38, rotate: -90, fill: 'var(--ink)', fontWeight: 600 }),
      Plot.text(['right'], {
        frameAnchor: 'top-right',
        textAnchor: 'end',
        dx: 60,
        dy: -20,
        fill: 'var(--muted)',
      }),
      Plot.cell(cells, { ...place, fill: 'var(--cell)' }),
      Plot.cell(
        cells.filter((cell) => !isError(cell)),
        { ...place, fill: 'var(--right)' },
      ),
      Plot.cell(errors, {
        ...place,
        fill: 'var(--wrong)',
        fillOpacity: ({ examples }: Confusion) => Math.sqrt(examples / worst),
      }),
      text(
        cells.filter((cell) => !isError(cell)),
        { fill: 'var(--right-ink)' },
      ),
      text(errors, { fill: 'var(--ink)', fontWeight: 600 }),
      Plot.text(legible ? classes : [], {
        y: (index: number) => index,
        text: (index: number) => percent(shareRight(matrix[index], index), 1),
        frameAnchor: 'right',
        textAnchor: 'end',
        dx: 60,
        fill: 'var(--muted)',
        fontSize: Math.min(12, size * 0.4),
      }),
    ],
  });
}

const shareRight = (row: readonly number[], truth: number): number =>
  row[truth] / row.reduce((sum, examples) => sum + examples, 0);
