import { popcountRow } from '@adiabit/simulator/bits';
import { html, emptyHtml, raw, type Html } from '../html.js';
import { count, percent, plural, THIN } from '../numbers.js';
import { bitSprite, positionIn } from '../pictures.js';
import type { ReportData } from '../report-data.js';

/** Pictures shown at most; more would be wallpaper. */
const SHOWN = 128;
/** A picture's longer side in CSS pixels, about. */
const SIDE = 56;

/** Shows the first layer's weights, one picture per neuron. */
export function weightsFigure({ firstLayer }: ReportData): Html {
  if (firstLayer === undefined || firstLayer.weights.rows === 0) return emptyHtml;
  const { weights, shape } = firstLayer;
  const [height, width] = shape;
  const sprite = bitSprite(weights, shape, SHOWN);
  const scale = Math.max(1, Math.floor(SIDE / Math.max(height, width)));
  const ones = Array.from({ length: weights.rows }, (_, row) => popcountRow(weights, row)).reduce((a, b) => a + b, 0);
  const all = weights.rows * weights.columns;
  const shown =
    sprite.pictures < weights.rows
      ? `${count(sprite.pictures)} of ${count(weights.rows)}`
      : count(all / weights.columns);
  const style = raw(
    `--sprite:url(${sprite.uri});--across:${sprite.across};--down:${sprite.down};` +
      `--width:${width * scale}px;--height:${Math.max(height * scale, 4)}px`,
  );
  return html`
    <figure>
      <figcaption>
        <h2>First layer</h2>
        <p>
          Each picture is one neuron: its ${count(height)}${THIN}×${THIN}${count(width)} weights, a single bit each,
          <span class="swatch plus"></span>${THIN}+1 or <span class="swatch minus"></span>${THIN}−1. Connected areas are
          the strokes a neuron looks for, white, or wants absent, black; speckle mostly lies where inputs seldom change
          and the weight hardly matters. ${shown} neurons; ${percent(ones / all, 1)} of ${plural(all, 'weight')} are +1.
        </p>
      </figcaption>
      <div
        class="weights"
        role="img"
        aria-label="Weights of ${shown} neurons of the first layer as black and white pictures"
        style="${style}"
      >
        ${Array.from(
          { length: sprite.pictures },
          (_, picture) => html`<i style="background-position:${positionIn(sprite, picture)}"></i>`,
        )}
      </div>
    </figure>
  `;
}
