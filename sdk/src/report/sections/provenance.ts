import type { Summary } from '../summary.js';
import { html, emptyHtml, type Content, type Html } from '../html.js';
import { count, plural, setting } from '../numbers.js';

/** Shows everything needed to make this run again, and to know its circuit by. */
export const provenance = (summary: Summary): Html => html`
  <footer aria-labelledby="provenance">
    <h2 id="provenance">Provenance</h2>
    <dl class="provenance">
      ${entry('Adiabit', summary.adiabit)} ${entry('Recipe', summary.recipe)} ${entry('Seed', summary.seed)}
      ${entry('Data', summary.data.source)}
      ${entry(
        'Examples',
        `${count(summary.data.train)} training, ${count(summary.data.validation)} validation, ` +
          `${count(summary.data.test)} test`,
      )}
      ${entry('Backend', summary.backend)} ${entry('Schedule', scheduleText(summary.schedule))}
      ${summary.freeze === undefined ? emptyHtml : entry('Output fraction bits', summary.freeze.outputFractionBits)}
      ${summary.bitstreamFile === undefined ? emptyHtml : entry('Bitstream', bitstreamLink(summary.bitstreamFile))}
      ${summary.circuit === undefined ? emptyHtml : entry('Bitstream SHA-256', html`<code>${summary.circuit.digest}</code>`)}
    </dl>
  </footer>
`;

/** The file itself, and the command that looks into it: a page on a disk cannot start a server. */
const bitstreamLink = (file: string): Html =>
  html`<a href="./${encodeURIComponent(file)}" download>${file}</a>; <code>adiabit studio ${file}</code> opens it in the
    app`;

const entry = (name: string, value: Content): Html =>
  html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div> `;

/** Writes text such as "k 3 for 8 epochs, 10 for 3": weights and activations are named apart only where they differ. */
const scheduleText = (schedule: Summary['schedule']): string =>
  schedule
    .map(({ kWeight, kActivation, epochs }, index) => {
      const sharpness =
        kWeight === kActivation
          ? `${index === 0 ? 'k ' : ''}${setting(kWeight)}`
          : `weights ${setting(kWeight)}, activations ${setting(kActivation)}`;
      return `${sharpness} for ${index === 0 ? plural(epochs, 'epoch') : count(epochs)}`;
    })
    .join('; ');
