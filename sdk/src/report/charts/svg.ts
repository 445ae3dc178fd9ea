import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { raw, type Html } from '../html.js';

/** Charts are drawn this wide and scale with their column; a phone shows them at about three quarters. */
export const CHART_WIDTH = 500;

/** The little of the DOM that is used here: neither library's types can be resolved without the browser's. */
interface Drawing {
  readonly outerHTML: string;
  setAttribute(name: string, value: string): void;
  querySelector(selector: string): { remove(): void } | null;
}
const { document } = parseHTML('<!doctype html><html></html>') as unknown as { readonly document: object };

export interface ChartOptions extends Omit<Plot.PlotOptions, 'document' | 'style'> {
  /** What the chart shows, for those who do not see it. */
  readonly ariaLabel: string;
}

/** Draws a chart as static SVG. Colours are the page's variables, so it follows light and dark. */
export function drawChart(options: ChartOptions): Html {
  const drawing = Plot.plot({
    className: 'chart',
    width: CHART_WIDTH,
    style: { fontSize: '13px', fontFamily: 'inherit', background: 'none' },
    ...options,
    document,
  }) as unknown as Drawing;
  drawing.setAttribute('role', 'img');
  drawing.querySelector('style')?.remove();
  return raw(drawing.outerHTML);
}
