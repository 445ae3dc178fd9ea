import * as Plot from '@observablehq/plot';
import { html } from '../html.js';
import type { BinarizationMode } from '../../train/network/network.js';
import { percent, setting } from '../numbers.js';
import type { ReportEpoch } from '../report-data.js';
import { decades, sharpnessIsShared } from './history.js';
import { drawing } from './drawing.js';
import { drawChart } from './svg.js';

/** The course of one training. */
export interface ModeCourse {
  readonly mode: BinarizationMode;
  readonly seed: number;
  readonly history: readonly ReportEpoch[];
}

interface Point extends ReportEpoch {
  readonly mode: BinarizationMode;
  readonly seed: number;
}

const WIDTH = 1000;
const LEGEND_HEIGHT = 34;
const ACCURACY_HEIGHT = 270;
const SHARPNESS_HEIGHT = 180;
const EDGES = { marginLeft: 56, marginRight: 12 };

/** Draws a drawing of its own: accuracy above, sharpness below, the modes side by side, a line for every seed. */
export function modesDrawing(courses: readonly ModeCourse[]): string {
  const points = courses.flatMap(({ mode, seed, history }) => history.map((epoch) => ({ ...epoch, mode, seed })));
  const height = LEGEND_HEIGHT + ACCURACY_HEIGHT + SHARPNESS_HEIGHT;
  return drawing(
    WIDTH,
    height,
    html`
      ${legend(points)}
      <g transform="translate(0 ${LEGEND_HEIGHT})">${accuracyPanel(points)}</g>
      <g transform="translate(0 ${LEGEND_HEIGHT + ACCURACY_HEIGHT})">${sharpnessPanel(points)}</g>
    `,
  );
}

function legend(points: readonly Point[]) {
  const entries = [
    { text: 'hard', stroke: '--hard', dashes: 'none' },
    { text: 'soft', stroke: '--soft', dashes: '5 4' },
    { text: sharpnessIsShared(points) ? 'k' : 'k of weights', stroke: '--sharpness', dashes: 'none' },
    ...(sharpnessIsShared(points)
      ? []
      : [{ text: 'k of activations', stroke: '--sharpness-activation', dashes: '2 4' }]),
  ];
  return entries.map(
    ({ text, stroke, dashes }, index) => html`
      <g transform="translate(${EDGES.marginLeft + index * 130} 20)">
        <line x2="28" y1="-4" y2="-4" stroke="var(${stroke})" stroke-width="2" stroke-dasharray="${dashes}" />
        <text x="36" fill="var(--ink)">${text}</text>
      </g>
    `,
  );
}

function accuracyPanel(points: readonly Point[]) {
  const line = (y: 'softAccuracy' | 'hardAccuracy', stroke: string, strokeDasharray: string) =>
    Plot.lineY(points, { fx: 'mode', x: 'epoch', y, z: 'seed', stroke, strokeWidth: 1.5, strokeDasharray });
  return panel(points, {
    height: ACCURACY_HEIGHT,
    marginTop: 30,
    marginBottom: 14,
    ariaLabel: `Line charts of validation accuracy over the epochs: ${modesOf(points).join(', ')}.`,
    y: { nice: true, label: null },
    marks: [
      Plot.axisFx({ anchor: 'top', label: null, fontWeight: 600, color: 'var(--ink)', fontSize: 14 }),
      Plot.axisY({ ticks: 6, tickFormat: (value: number) => percent(value, 0), tickSize: 0, color: 'var(--muted)' }),
      Plot.gridY({ ticks: 6, stroke: 'var(--line)', strokeOpacity: 1 }),
      line('softAccuracy', 'var(--soft)', '5 4'),
      line('hardAccuracy', 'var(--hard)', 'none'),
    ],
  });
}

function sharpnessPanel(points: readonly Point[]) {
  // Where nothing is binary the k of the schedule moves the learning rate alone.
  const sharpened = points.filter(({ mode }) => mode !== 'real');
  const line = (y: 'kWeight' | 'kActivation', stroke: string, strokeDasharray: string) =>
    Plot.lineY(sharpened, {
      fx: 'mode',
      x: 'epoch',
      y,
      z: 'seed',
      stroke,
      strokeDasharray,
      strokeWidth: 1.5,
      curve: 'step',
    });
  const ticks = decades(points);
  return panel(points, {
    height: SHARPNESS_HEIGHT,
    marginTop: 10,
    marginBottom: 46,
    ariaLabel: 'Step charts of the sharpness k over the epochs, logarithmic.',
    y: { type: 'log', nice: true, label: null },
    marks: [
      Plot.axisX({ ticks: 5, tickFormat: String, tickSize: 4, color: 'var(--muted)', label: null }),
      Plot.text(['epoch'], { frameAnchor: 'bottom', dy: 38, fill: 'var(--muted)' }),
      Plot.axisY({ ticks, tickFormat: setting, tickSize: 0, color: 'var(--muted)' }),
      Plot.gridY({ ticks, stroke: 'var(--line)', strokeOpacity: 1 }),
      line('kWeight', 'var(--sharpness)', 'none'),
      ...(sharpnessIsShared(points) ? [] : [line('kActivation', 'var(--sharpness-activation)', '2 4')]),
    ],
  });
}

function panel(points: readonly Point[], options: Parameters<typeof drawChart>[0]) {
  return drawChart({
    ...EDGES,
    width: WIDTH,
    x: {
      domain: [1, Math.max(...points.map(({ epoch }) => epoch))],
      insetLeft: 6,
      insetRight: 6,
      label: null,
      axis: null,
    },
    fx: { domain: modesOf(points), padding: 0.07, axis: null },
    ...options,
  });
}

const modesOf = (points: readonly Point[]): string[] => [...new Set(points.map(({ mode }) => mode))];
