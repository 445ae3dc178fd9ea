import { confusionChart, confusionsOf, isError } from '../charts/confusion.js';
import { html, emptyHtml, type Html } from '../html.js';
import { count, plural } from '../numbers.js';
import { colourPicture, grayPicture } from '../pictures.js';
import type { Mistake, ReportData } from '../report-data.js';

/** Returns what answers. */
function takerOf({ circuit, accuracy: { frozen } }: ReportData['summary']): string {
  if (circuit !== undefined) return 'The circuit';
  return frozen === undefined ? 'The network with signs and steps' : 'The frozen network';
}

const nameOf = (label: number, classNames: ReportData['classNames']): string => classNames?.[label] ?? String(label);

/** Shows what was taken for what. */
export function confusionFigure({ confusion, classNames, summary }: ReportData): Html {
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
          ${takerOf(summary)} is wrong on ${count(wrong)} of ${plural(total, 'test example')}.
          ${
            worst.examples > 0
              ? html`Most often it takes a ${nameOf(worst.truth, classNames)} for a ${nameOf(worst.given, classNames)}:
                ${plural(worst.examples, 'time')}.`
              : emptyHtml
          }
          Colour shows the errors; right answers stand pale on the diagonal.
        </p>
      </figcaption>
      ${confusionChart(confusion, classNames)}
    </figure>
  `;
}

/** Shows some of the images behind the errors. */
export function mistakesFigure({ mistakes, classNames, summary }: ReportData): Html {
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
                alt="a ${nameOf(label, classNames)} that the ${taker} takes for a ${nameOf(predicted, classNames)}"
              />
              <span>${nameOf(label, classNames)} → <b>${nameOf(predicted, classNames)}</b></span>
            </li> `,
        )}
      </ol>
    </figure>
  `;
}

function pictureOf({ image, shape: [height, width, channels] }: Pick<Mistake, 'image' | 'shape'>): string {
  return channels === 3 ? colourPicture(image, [height, width]) : grayPicture(image, [height, width]);
}
