import * as Plot from '@observablehq/plot';
import type { UpsetTrial } from '@adiabit/simulator';
import { count } from '../numbers.js';
import { drawing } from './drawing.js';
import { drawChart } from './svg.js';

const WIDTH = 640;
const HEIGHT = 340;

/** A drawing of its own: accuracy against flipped configuration bits, a dot a trial, a line through the means. */
export function upsetsDrawing(trials: readonly UpsetTrial[], bits: number): string {
  const flips = [...new Set(trials.map((trial) => trial.flips))].sort((one, other) => one - other);
  // 0 has no place on a scale of powers: it stands a power below 1.
  const place = (count: number): number => (count === 0 ? 0.1 : count);
  const means = flips.map((count) => {
    const some = trials.filter((trial) => trial.flips === count);
    return { flips: count, accuracy: some.reduce((sum, { accuracy }) => sum + accuracy, 0) / some.length };
  });
  const chart = drawChart({
    width: WIDTH,
    height: HEIGHT,
    marginLeft: 64,
    marginRight: 36,
    marginTop: 40,
    marginBottom: 46,
    ariaLabel: `Accuracy against the number of flipped configuration bits, of ${count(bits)}.`,
    x: { type: 'log', label: null },
    y: { domain: [0, 1], label: null },
    marks: [
      Plot.axisY({
        ticks: 6,
        tickFormat: (value: number) => `${Math.round(100 * value)} %`,
        tickSize: 0,
        color: 'var(--muted)',
      }),
      Plot.gridY({ ticks: 6, stroke: 'var(--line)', strokeOpacity: 1 }),
      Plot.axisX(flips.map(place), {
        ...{ tickFormat: (value: number) => (value < 1 ? '0' : count(value)), tickSize: 0, color: 'var(--muted)' },
      }),
      Plot.text([`accuracy after so many of ${count(bits)} configuration bits flipped`], {
        ...{ frameAnchor: 'top-left', dy: -26, fill: 'var(--ink)', fontWeight: 600 },
      }),
      Plot.line(means, {
        x: (mean: UpsetTrial) => place(mean.flips),
        y: 'accuracy',
        stroke: 'var(--hard)',
        strokeWidth: 2,
      }),
      Plot.dot(trials, { x: (trial: UpsetTrial) => place(trial.flips), y: 'accuracy', r: 3, fill: 'var(--soft)' }),
    ],
  });
  return drawing(WIDTH, HEIGHT, chart);
}
