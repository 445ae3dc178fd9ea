import * as Plot from '@observablehq/plot';
import type { FaultTrial } from '@adiabit/simulator/analysis';
import { count } from '../numbers.js';
import { drawing } from './drawing.js';
import { drawChart } from './svg.js';

const WIDTH = 640;
const HEIGHT = 340;

/** Draws a drawing of its own: accuracy against the number of faults, a dot a trial, a line through the means. */
export function upsetsDrawing(trials: readonly FaultTrial[], title: string): string {
  const flips = [...new Set(trials.map((trial) => trial.flips))].sort((one, other) => one - other);
  const place = placesOf(flips);
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
    ariaLabel: `Chart: ${title}.`,
    x: { label: null },
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
        tickFormat: (_: number, index: number) => count(flips[index]),
        tickSize: 0,
        color: 'var(--muted)',
      }),
      Plot.text([title], {
        frameAnchor: 'top-left',
        dy: -26,
        fill: 'var(--ink)',
        fontWeight: 600,
      }),
      Plot.line(means, {
        x: (mean: FaultTrial) => place(mean.flips),
        y: 'accuracy',
        stroke: 'var(--hard)',
        strokeWidth: 2,
      }),
      Plot.dot(trials, { x: (trial: FaultTrial) => place(trial.flips), y: 'accuracy', r: 3, fill: 'var(--soft)' }),
    ],
  });
  return drawing(WIDTH, HEIGHT, chart);
}

/** Places numbers on a scale of powers. 0 has no place there, so it stands a mean step below the smallest number. */
function placesOf(flips: readonly number[]): (flips: number) => number {
  const powers = flips.filter((count) => count > 0).map(Math.log10);
  const [first, last] = [powers[0] ?? 0, powers[powers.length - 1] ?? 0];
  const step = powers.length > 1 ? (last - first) / (powers.length - 1) : 1;
  return (count) => (count === 0 ? first - step : Math.log10(count));
}
