import { drawing } from '../report/charts/drawing.js';
import { html, type Html } from '../report/html.js';

export const WIDTH = 720;

/** A part of a picture, as wide as it. */
export interface Panel {
  readonly height: number;
  readonly content: Html;
}

/** Returns what a panel shows, and under it in smaller letters how to read it. */
export const panelHead = (text: string, more = ''): Html => html`
  <text x="16" y="18" fill="var(--ink)" font-weight="600">${text}</text>
  ${more === '' ? [] : html`<text x="16" y="35" fill="var(--muted)" font-size="12">${more}</text>`}
`;

const HEAD = 40;

/** Panels one below the other, under a title, as a drawing of its own. */
export function stacked(title: string, panels: readonly Panel[]): string {
  const tops = panels.map((_, index) => panels.slice(0, index).reduce((sum, { height }) => sum + height, HEAD));
  const height = panels.reduce((sum, panel) => sum + panel.height, HEAD);
  return drawing(
    WIDTH,
    height,
    html`
      <text x="16" y="26" fill="var(--ink)" font-size="16" font-weight="600">${title}</text>
      ${panels.map(({ content }, index) => html`<g transform="translate(0 ${tops[index]})">${content}</g>`)}
    `,
  );
}
