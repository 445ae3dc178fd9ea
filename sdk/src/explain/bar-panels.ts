import * as Plot from '@observablehq/plot';
import { drawChart } from '../report/charts/svg.js';
import { WIDTH, type Panel } from './panels.js';

const HEIGHT = 200;

/** A bar for every value of a line; its colour is a variable of the page. */
export interface Bar {
  readonly value: number;
  readonly fill: string;
}

/**
 * Draws bars with a line at 0.
 * @param label what the drawing shows, for those who do not see it @param named whether bars carry their numbers
 */
export function barPanel(head: string, label: string, bars: readonly Bar[], named = false): Panel {
  const content = drawChart({
    marginLeft: 84,
    marginRight: 16,
    marginTop: 30,
    marginBottom: 30,
    width: WIDTH,
    height: HEIGHT,
    ariaLabel: label,
    x: named ? { label: null, type: 'band', domain: bars.map((_, index) => index) } : { axis: null },
    y: { label: null, nice: true },
    marks: [
      Plot.axisY({ ticks: 5, tickSize: 0, color: 'var(--muted)' }),
      ...(named ? [Plot.axisX({ tickSize: 0, color: 'var(--muted)' })] : []),
      Plot.text([head], {
        frameAnchor: 'top-left',
        dx: -68,
        dy: -22,
        fill: 'var(--ink)',
        fontWeight: 600,
      }),
      named
        ? Plot.barY(bars, { x: (_: unknown, index: number) => index, y: 'value', fill: 'fill' })
        : Plot.rectY(bars, {
            x1: (_: unknown, index: number) => index + 0.1,
            x2: (_: unknown, index: number) => index + 0.9,
            y: 'value',
            fill: 'fill',
          }),
      Plot.ruleY([0], { stroke: 'var(--ink)' }),
    ],
  });
  return { height: HEIGHT, content };
}

/** Draws the margins of the neurons of a layer in order of size. */
export function marginsPanel(layer: number, margins: ArrayLike<number>, fires: (neuron: number) => boolean): Panel {
  const count = margins.length;
  const order = Array.from({ length: count }, (_, neuron) => neuron).sort(
    (one, other) => margins[one] - margins[other],
  );
  const firing = order.filter(fires).length;
  return barPanel(
    `layer ${layer}: count less threshold of every neuron, ${firing} of ${count} fire`,
    `Margins of the ${count} neurons of layer ${layer}, of which ${firing} fire.`,
    order.map((neuron) => ({ value: margins[neuron], fill: fires(neuron) ? 'var(--hard)' : 'var(--soft)' })),
  );
}

export const outputsPanel = (layer: number, outputs: readonly number[], winner: number): Panel =>
  barPanel(
    `layer ${layer}: output of every class`,
    `Outputs of ${outputs.length} classes; class ${winner} has the largest.`,
    outputs.map((value, label) => ({ value, fill: label === winner ? 'var(--hard)' : 'var(--muted)' })),
    true,
  );
