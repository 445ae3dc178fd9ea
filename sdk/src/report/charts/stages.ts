import * as Plot from '@observablehq/plot';
import { STAGES, type Stage, type Summary } from '../summary.js';
import type { Html } from '../html.js';
import { seconds } from '../numbers.js';
import { drawChart } from './svg.js';

interface Span {
  readonly stage: Stage;
  readonly start: number;
  readonly end: number;
  readonly took: number;
}

/** Stages that have taken time, one after the other: the report's own is still running while it is written. */
export function spansOf(times: Summary['seconds']): Span[] {
  const spans: Span[] = [];
  let start = 0;
  for (const stage of STAGES) {
    const took = times[stage] ?? 0;
    if (took === 0) continue;
    spans.push({ stage, start, end: start + took, took });
    start += took;
  }
  return spans;
}

/** Draws when each stage began and ended, with how long it took. */
export function stagesChart(times: Summary['seconds']): Html {
  const spans = spansOf(times);
  const label = (text: (span: Span) => string, dx: number, options: Plot.TextOptions) =>
    Plot.text(spans, { y: 'stage', text, frameAnchor: 'left', dx, ...options });
  return drawChart({
    height: 30 * spans.length + 34,
    marginLeft: 144,
    marginRight: 14,
    marginTop: 4,
    marginBottom: 30,
    ariaLabel: `Bars of the stages: ${spans.map((span) => `${span.stage} ${duration(span)}`).join(', ')}.`,
    x: { label: null, domain: [0, spans[spans.length - 1]?.end ?? 1] },
    y: { domain: spans.map(({ stage }) => stage), label: null, padding: 0.35, axis: null },
    marks: [
      Plot.gridX({ ticks: 5, stroke: 'var(--line)', strokeOpacity: 1 }),
      Plot.axisX({ ticks: 5, tickSize: 0, tickFormat: (value: number) => `${value}\u202fs`, color: 'var(--muted)' }),
      Plot.barX(spans, { x1: 'start', x2: 'end', y: 'stage', fill: 'var(--accent)', insetRight: -2 }),
      label(({ stage }) => stage, -144, { textAnchor: 'start', fill: 'var(--ink)' }),
      label(duration, -14, { textAnchor: 'end', fill: 'var(--muted)' }),
    ],
  });
}

const duration = ({ took }: Span): string => seconds(took);
