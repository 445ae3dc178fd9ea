import * as Plot from '@observablehq/plot';
import { html, type Html } from '../html.js';
import { percent, setting } from '../numbers.js';
import type { ReportEpoch } from '../report-data.js';
import { drawChart } from './svg.js';

/** Both panels share their left and right edges, so that an epoch stands above itself. */
const EDGES = { marginLeft: 52, marginRight: 16 };

/** Draws accuracy above, sharpness below, over the epochs. */
export function historyChart(history: readonly ReportEpoch[]): Html {
  const best = history.filter(({ isBest }) => isBest).slice(-1);
  return html`${accuracyPanel(history, best)}${sharpnessPanel(history, best)}`;
}

/** Tells whether weights and activations had one sharpness throughout. */
export const sharpnessIsShared = (history: readonly ReportEpoch[]): boolean =>
  history.every(({ kWeight, kActivation }) => kWeight === kActivation);

function accuracyPanel(history: readonly ReportEpoch[], best: readonly ReportEpoch[]): Html {
  const last = history[history.length - 1];
  return drawChart({
    ...EDGES,
    height: 250,
    marginTop: 34,
    marginBottom: 14,
    ariaLabel:
      `Line chart of validation accuracy over ${history.length} epochs. In the last one ` +
      `soft ${percent(last.softAccuracy)}, hard ${percent(last.hardAccuracy)}.`,
    x: epochScale(history),
    y: { nice: true, label: null },
    marks: [
      Plot.axisY({ ticks: 6, tickFormat: percentTick(history), tickSize: 0, color: 'var(--muted)' }),
      Plot.gridY({ ticks: 6, stroke: 'var(--line)', strokeOpacity: 1 }),
      bestRule(best),
      Plot.text(best, {
        x: 'epoch',
        text: ({ epoch, hardAccuracy }: ReportEpoch) => `best: epoch ${epoch}, ${percent(hardAccuracy)}`,
        frameAnchor: 'top',
        textAnchor: anchorWithin(history, best),
        dy: -24,
        fill: 'var(--ink)',
        fontWeight: 600,
      }),
      Plot.lineY(history, {
        x: 'epoch',
        y: 'softAccuracy',
        stroke: 'var(--soft)',
        strokeWidth: 2,
        strokeDasharray: '5 4',
      }),
      Plot.dot(history, { x: 'epoch', y: 'softAccuracy', r: 3, fill: 'var(--paper)', stroke: 'var(--soft)' }),
      Plot.lineY(history, { x: 'epoch', y: 'hardAccuracy', stroke: 'var(--hard)', strokeWidth: 2 }),
      Plot.dot(history, { x: 'epoch', y: 'hardAccuracy', r: 3, fill: 'var(--hard)' }),
      Plot.dot(best, { x: 'epoch', y: 'hardAccuracy', r: 7, stroke: 'var(--ink)', strokeWidth: 1.5 }),
    ],
  });
}

function sharpnessPanel(history: readonly ReportEpoch[], best: readonly ReportEpoch[]): Html {
  const [first] = history;
  const last = history[history.length - 1];
  const step = (y: 'kWeight' | 'kActivation', stroke: string, strokeDasharray: string) =>
    Plot.lineY(history, { x: 'epoch', y, stroke, strokeWidth: 2, strokeDasharray, curve: 'step' });
  return drawChart({
    ...EDGES,
    height: 170,
    marginTop: 10,
    marginBottom: 44,
    ariaLabel:
      `Step chart of the sharpness k, logarithmic: of the weights from ${setting(first.kWeight)} to ` +
      `${setting(last.kWeight)}, of the activations from ${setting(first.kActivation)} to ${setting(last.kActivation)}.`,
    x: epochScale(history),
    y: { type: 'log', nice: true, label: null },
    marks: [
      Plot.axisX({ ticks: epochTicks(history), tickFormat: String, tickSize: 4, color: 'var(--muted)', label: null }),
      Plot.text(['epoch'], { frameAnchor: 'bottom', dy: 40, fill: 'var(--muted)' }),
      Plot.axisY({ ticks: decades(history), tickFormat: setting, tickSize: 0, color: 'var(--muted)' }),
      Plot.gridY({ ticks: decades(history), stroke: 'var(--line)', strokeOpacity: 1 }),
      bestRule(best),
      step('kWeight', 'var(--sharpness)', 'none'),
      ...(sharpnessIsShared(history) ? [] : [step('kActivation', 'var(--sharpness-activation)', '2 4')]),
    ],
  });
}

const bestRule = (best: readonly ReportEpoch[]) =>
  Plot.ruleX(best, { x: 'epoch', stroke: 'var(--muted)', strokeDasharray: '1 3', strokeWidth: 1.5 });

const epochScale = (history: readonly ReportEpoch[]): Plot.ScaleOptions => ({
  domain: [history[0].epoch, history[history.length - 1].epoch],
  insetLeft: 10,
  insetRight: 10,
  label: null,
  axis: null,
});

/** Returns whole epochs, at most about ten of them. */
function epochTicks(history: readonly ReportEpoch[]): number[] {
  const step = [1, 2, 5, 10, 20, 50, 100].find((size) => history.length / size <= 15) ?? 1000;
  return history.map(({ epoch }) => epoch).filter((epoch) => step === 1 || epoch % step === 0);
}

/** A k of 1001 needs no axis to 10 000. */
const NEARLY = 0.01;

/** Powers of ten around all sharpnesses, which `nice` makes the ends of the axis. */
export function decades(history: readonly Pick<ReportEpoch, 'kWeight' | 'kActivation'>[]): number[] {
  const logs = history.flatMap(({ kWeight, kActivation }) => [Math.log10(kWeight), Math.log10(kActivation)]);
  const low = Math.floor(Math.min(...logs));
  return Array.from({ length: Math.ceil(Math.max(...logs) - NEARLY) - low + 1 }, (_, index) => 10 ** (low + index));
}

/** Writes percent without decimals, or with one where the accuracies lie close together. */
function percentTick(history: readonly ReportEpoch[]): (value: number) => string {
  const all = history.flatMap(({ softAccuracy, hardAccuracy }) => [softAccuracy, hardAccuracy]);
  const spread = Math.max(...all) - Math.min(...all);
  return (value) => percent(value, spread > 0.05 ? 0 : spread > 0.005 ? 1 : 2);
}

/** Chooses the anchor of the label above the best epoch, so that it stays inside the frame. */
function anchorWithin(history: readonly ReportEpoch[], best: readonly ReportEpoch[]): 'start' | 'middle' | 'end' {
  const [first, last] = [history[0].epoch, history[history.length - 1].epoch];
  const place = best.length === 0 || first === last ? 0.5 : (best[0].epoch - first) / (last - first);
  return place < 0.2 ? 'start' : place > 0.8 ? 'end' : 'middle';
}
