/**
 * Draws the pictures of docs/method.md: the functions from what they are, the course of a training from its record; and that of
 * docs/results/pareto.md.
 *
 *     npm run generate
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as Plot from '@observablehq/plot';
import { drawing } from '../src/report/charts/drawing.js';
import { modesDrawing } from '../src/report/charts/modes.js';
import { drawChart } from '../src/report/charts/svg.js';
import type { ReportEpoch } from '../src/report/report-data.js';
import { paretoPicture } from './pareto.js';

const fromRoot = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const WIDTH = 640;
const HEIGHT = 320;
/** Each with a dash of its own, so that the lines differ without colours too. */
const SHARPNESSES = [
  { k: 1, dashes: '1 4' },
  { k: 3, dashes: '4 4' },
  { k: 10, dashes: '10 4' },
  { k: 100, dashes: 'none' },
];

const colourOf = (k: number): string => (k === 100 ? 'var(--hard)' : 'var(--soft)');

function sharpnessDrawing(): string {
  const inputs = Array.from({ length: 401 }, (_, index) => (index - 200) / 100);
  const chart = drawChart({
    width: WIDTH,
    height: HEIGHT,
    marginLeft: 44,
    marginRight: 150,
    marginTop: 18,
    marginBottom: 34,
    ariaLabel: 'Curves of tanh(k x) for k of 1, 3, 10 and 100.',
    x: { domain: [-2, 2], label: null },
    y: { domain: [-1, 1], label: null },
    marks: [
      Plot.axisX({ ticks: 5, tickSize: 0, color: 'var(--muted)' }),
      Plot.axisY({ ticks: [-1, 0, 1], tickSize: 0, color: 'var(--muted)' }),
      Plot.gridY([-1, 0, 1], { stroke: 'var(--line)', strokeOpacity: 1 }),
      Plot.ruleX([0], { stroke: 'var(--line)' }),
      ...SHARPNESSES.map(({ k, dashes }) =>
        Plot.line(inputs, {
          x: (x: number) => x,
          y: (x: number) => Math.tanh(k * x),
          stroke: colourOf(k),
          strokeWidth: 2,
          strokeDasharray: dashes,
        }),
      ),
      // The legend, in the margin beside the curves.
      ...SHARPNESSES.flatMap(({ k, dashes }, index) => {
        const y = 0.6 - 0.3 * index;
        const ends = [2.12, 2.5].map((x) => ({ x, y }));
        return [
          Plot.line(ends, { x: 'x', y: 'y', stroke: colourOf(k), strokeWidth: 2, strokeDasharray: dashes }),
          Plot.text([{ x: 2.56, y }], {
            x: 'x',
            y: 'y',
            text: () => `k = ${k}`,
            textAnchor: 'start',
            fill: 'var(--ink)',
          }),
        ];
      }),
    ],
  });
  return drawing(WIDTH, HEIGHT, chart);
}

function courseDrawing(): string {
  const { history } = JSON.parse(readFileSync(fromRoot('docs/results/mnist-demo.json'), 'utf8')) as {
    readonly history: readonly ReportEpoch[];
  };
  return modesDrawing([{ mode: 'both', seed: 1, history }]);
}

/** The pictures, by their paths. */
export const documentPictures = (): readonly { readonly path: string; readonly text: string }[] => [
  { path: fromRoot('docs/pictures/sharpness.svg'), text: sharpnessDrawing() },
  { path: fromRoot('docs/pictures/course.svg'), text: courseDrawing() },
  { path: fromRoot('docs/results/pareto.svg'), text: paretoPicture() },
];

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { path, text } of documentPictures()) writeFileSync(path, text);
}
