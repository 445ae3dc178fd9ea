import * as Plot from '@observablehq/plot';
import { drawing } from '../report/charts/drawing.js';
import { drawChart } from '../report/charts/svg.js';
import { html, type Html } from '../report/html.js';
import type { Explanation, LayerExplanation, OutputExplanation } from './explain.js';

const WIDTH = 720;
const PANEL_HEIGHT = 200;
const EDGES = { marginLeft: 70, marginRight: 16, marginTop: 30, marginBottom: 30 };

/** An explanation as a drawing of its own: the margins of every layer's neurons in order of size, then the outputs. */
export function explanationPicture(explanation: Explanation, title: string): string {
  const panels = [...explanation.layers.map(marginsPanel), outputsPanel(explanation)];
  const height = 40 + PANEL_HEIGHT * panels.length;
  return drawing(
    WIDTH,
    height,
    html`
      <text x="16" y="26" fill="var(--ink)" font-size="16" font-weight="600">${title}</text>
      ${panels.map((panel, index) => html`<g transform="translate(0 ${40 + PANEL_HEIGHT * index})">${panel}</g>`)}
    `,
  );
}

function marginsPanel({ layer, neurons }: LayerExplanation): Html {
  const sorted = [...neurons].sort((one, other) => one.margin - other.margin);
  const firing = neurons.filter(({ fires }) => fires).length;
  return drawChart({
    ...EDGES,
    width: WIDTH,
    height: PANEL_HEIGHT,
    ariaLabel: `Margins of the ${neurons.length} neurons of layer ${layer}, of which ${firing} fire.`,
    x: { axis: null },
    y: { label: null, nice: true },
    marks: [
      Plot.axisY({ ticks: 5, tickSize: 0, color: 'var(--muted)' }),
      Plot.text([`layer ${layer}: count less threshold of every neuron, ${firing} of ${neurons.length} fire`], {
        ...{ frameAnchor: 'top-left', dy: -22, fill: 'var(--ink)', fontWeight: 600 },
      }),
      Plot.rectY(sorted, {
        x1: (_: unknown, index: number) => index + 0.1,
        x2: (_: unknown, index: number) => index + 0.9,
        y: 'margin',
        fill: ({ fires }: (typeof sorted)[number]) => (fires ? 'var(--hard)' : 'var(--soft)'),
      }),
      Plot.ruleY([0], { stroke: 'var(--ink)' }),
    ],
  });
}

function outputsPanel({ outputs, class: winner, layers }: Explanation): Html {
  return drawChart({
    ...EDGES,
    width: WIDTH,
    height: PANEL_HEIGHT,
    ariaLabel: `Outputs of ${outputs.length} classes; class ${winner} has the largest.`,
    x: { label: null, type: 'band', domain: outputs.map(({ class: label }) => label) },
    y: { label: null, nice: true },
    marks: [
      Plot.axisY({ ticks: 5, tickSize: 0, color: 'var(--muted)' }),
      Plot.axisX({ tickSize: 0, color: 'var(--muted)' }),
      Plot.text([`layer ${layers.length}: output of every class`], {
        ...{ frameAnchor: 'top-left', dy: -22, fill: 'var(--ink)', fontWeight: 600 },
      }),
      Plot.barY(outputs, {
        x: 'class',
        y: 'output',
        fill: ({ class: label }: OutputExplanation) => (label === winner ? 'var(--hard)' : 'var(--muted)'),
      }),
      Plot.ruleY([0], { stroke: 'var(--ink)' }),
    ],
  });
}
