import { html, raw, type Html } from '../html.js';
import { COLOURS } from '../style.js';

/** Charts as an SVG file of their own: with the page's colours, font and paper. */
export function drawing(width: number, height: number, content: Html | readonly Html[]): string {
  const style = raw(`<style>${COLOURS}
    text { font-family: system-ui, -apple-system, 'Segoe UI', Roboto, Arial, sans-serif; }</style>`);
  return html`<svg
    xmlns="http://www.w3.org/2000/svg"
    viewBox="0 0 ${width} ${height}"
    width="${width}"
    height="${height}"
    font-size="13"
  >
    ${style}
    <rect width="100%" height="100%" fill="var(--paper)" />
    ${content}
  </svg>`.text;
}
