import { confusionChart, confusionsOf, isError } from '../charts/confusion.js';
import { html, emptyHtml, type Html } from '../html.js';
import { count, plural } from '../numbers.js';
import { colourPicture, grayPicture } from '../pictures.js';
import type { Mistake, ReportData } from '../report-data.js';

/** Shows what was taken for what. */
export function confusionFigure({ confusion, summary: { circuit } }: ReportData): Html {
  if (confusion.length === 0) return emptyHtml;
  const cells = confusionsOf(confusion);
  const errors = cells.filter(isError);
  const wrong = errors.reduce((sum, { examples }) => sum + examples, 0);
  const total = cells.reduce((sum, { examples }) => sum + examples, 0);
  const worst = errors.reduce((most, cell) => (cell.examples > most.examples ? cell : most), {
    truth: 0,
    given: 0,
    examples: 0,
  });
  return html`
    <figure>
      <figcaption>
        <h2>Errors</h2>
        <p>
          ${circuit === undefined ? 'The frozen network' : 'The circuit'} is wrong on ${count(wrong)} of
          ${plural(total, 'test example')}.
          ${
            worst.examples > 0
              ? html`Most often it takes a ${worst.truth} for a ${worst.given}: ${plural(worst.examples, 'time')}.`
              : emptyHtml
          }
          Colour shows the errors; right answers stand pale on the diagonal.
        </p>
      </figcaption>
      ${confusionChart(confusion)}
    </figure>
  `;
}

/** Shows some of the images behind the errors. */
export function mistakesFigure({ mistakes, summary }: ReportData): Html {
  if (mistakes.length === 0) return emptyHtml;
  const taker = summary.circuit === undefined ? 'network' : 'circuit';
  return html`
    <figure>
      <figcaption>
        <h2>Wrongly classified</h2>
        <p>
          ${plural(mistakes.length, 'test image')}, each with its true class and, after the arrow, the one it was taken
          for.
        </p>
      </figcaption>
      <ol class="mistakes">
        ${mistakes.map(
          ({ image, shape, label, predicted }) =>
            html`<li>
              <img
                src="${pictureOf({ image, shape })}"
                width="${shape[1]}"
                height="${shape[0]}"
                alt="a ${label} that the ${taker} takes for a ${predicted}"
              />
              <span>${label} → <b>${predicted}</b></span>
            </li> `,
        )}
      </ol>
    </figure>
  `;
}

function pictureOf({ image, shape: [height, width, channels] }: Pick<Mistake, 'image' | 'shape'>): string {
  return channels === 3 ? colourPicture(image, [height, width]) : grayPicture(image, [height, width]);
}
