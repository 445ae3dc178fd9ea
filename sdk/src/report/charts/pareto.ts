import * as Plot from '@observablehq/plot';
import { html, type Html } from '../html.js';
import { count, percent } from '../numbers.js';
import { drawing } from './drawing.js';
import { drawChart } from './svg.js';

/** A network among what it costs. */
export interface ParetoPoint {
  readonly number: number;
  readonly accuracy: number;
  /** In the order of the titles. */
  readonly costs: readonly (number | undefined)[];
}

interface Place {
  readonly number: number;
  readonly accuracy: number;
  readonly cost: number;
}

const PANEL_WIDTH = 480;
const PANEL_HEIGHT = 320;
const COLUMNS = 2;

/**
 * Draws a drawing of its own: accuracy against each cost, with the front of each.
 * @param what the accuracy is of
 */
export function paretoDrawing(
  titles: readonly string[],
  points: readonly ParetoPoint[],
  what = 'validation accuracy',
): string {
  const panels = titles.map((title, index) => panel(title, what, placesOf(points, index)));
  const rows = Math.ceil(titles.length / COLUMNS);
  return drawing(
    PANEL_WIDTH * COLUMNS,
    PANEL_HEIGHT * rows,
    panels.map((one, index) => {
      const [x, y] = [(index % COLUMNS) * PANEL_WIDTH, Math.floor(index / COLUMNS) * PANEL_HEIGHT];
      return html`<g transform="translate(${x} ${y})">${one}</g>`;
    }),
  );
}

const placesOf = (points: readonly ParetoPoint[], index: number): readonly Place[] =>
  points.flatMap(({ number, accuracy, costs }) => {
    const cost = costs[index];
    return cost === undefined || cost <= 0 ? [] : [{ number, accuracy, cost }];
  });

/** Returns those that are better than all that cost less, cheapest first. */
export function frontOf(places: readonly Place[]): readonly Place[] {
  let best = -Infinity;
  return [...places]
    .sort((one, other) => one.cost - other.cost || other.accuracy - one.accuracy)
    .filter(({ accuracy }) => {
      const isBetter = accuracy > best;
      best = Math.max(best, accuracy);
      return isBetter;
    });
}

function panel(title: string, what: string, places: readonly Place[]): Html {
  const front = frontOf(places);
  const place = { x: 'cost', y: 'accuracy' } as const;
  return drawChart({
    width: PANEL_WIDTH,
    height: PANEL_HEIGHT,
    marginLeft: 56,
    marginRight: 36,
    marginTop: 34,
    marginBottom: 40,
    ariaLabel: `Scatter chart of ${what} against ${title}: ${places.length} networks, ${front.length} of them on the front.`,
    x: { type: 'log', nice: true, label: null },
    y: { nice: true, label: null },
    marks: [
      Plot.axisX({
        ticks: 4,
        tickFormat: (value: number) => count(value),
        tickSize: 4,
        color: 'var(--muted)',
        label: null,
      }),
      Plot.axisY({ ticks: 6, tickFormat: (value: number) => percent(value, 1), tickSize: 0, color: 'var(--muted)' }),
      Plot.gridY({ ticks: 6, stroke: 'var(--line)', strokeOpacity: 1 }),
      Plot.text([title], { frameAnchor: 'top-left', dy: -26, fill: 'var(--ink)', fontWeight: 600 }),
      Plot.lineY(front, { ...place, stroke: 'var(--hard)', strokeWidth: 2, curve: 'step-after' }),
      Plot.dot(places, { ...place, r: 3, fill: 'var(--paper)', stroke: 'var(--soft)' }),
      Plot.dot(front, { ...place, r: 4, fill: 'var(--hard)' }),
      Plot.text(places, {
        ...place,
        text: ({ number }: Place) => String(number),
        dy: -12,
        fill: (one: Place) => (front.includes(one) ? 'var(--ink)' : 'var(--muted)'),
      }),
    ],
  });
}
