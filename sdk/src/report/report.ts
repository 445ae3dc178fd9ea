import { html, emptyHtml, type Html } from './html.js';
import { percent } from './numbers.js';
import { page } from './page.js';
import type { ReportData } from './report-data.js';
import { circuitSection } from './sections/circuit.js';
import { confusionFigure, mistakesFigure } from './sections/errors.js';
import { hardNetworkSection } from './sections/hard-network.js';
import { headline } from './sections/headline.js';
import { provenance } from './sections/provenance.js';
import { deviceSection, simulatorSection, stagesFigure } from './sections/runs.js';
import { trainingFigure } from './sections/training.js';
import { weightsFigure } from './sections/weights.js';
import { witnessesSection } from './sections/witnesses.js';
import { accuracyOf } from './summary.js';
import { verdictOn } from './verdict.js';

/** Draws a run as one HTML page, with its drawings and pictures inside: from training data as far as it went. */
export function renderReport(data: ReportData): string {
  const { summary } = data;
  const { circuit, simulator, device } = summary;
  return page(
    titleOf(data),
    html`
      ${headline(summary)} ${circuit === undefined ? emptyHtml : witnessesSection(summary.witnesses)}
      ${hardNetworkSection(summary)} ${columns(trainingFigure(data), confusionFigure(data))} ${weightsFigure(data)}
      ${mistakesFigure(data)} ${circuit === undefined ? emptyHtml : circuitSection(circuit)}
      ${
        simulator === undefined || circuit === undefined
          ? emptyHtml
          : html`<div class="columns">
              <div class="stack">${simulatorSection(simulator, circuit)}${stagesFigure(summary)}</div>
              ${device === undefined ? emptyHtml : deviceSection(device)}
            </div>`
      }
      ${provenance(summary)}
    `,
  ).text;
}

/** Returns the title of the page, with a warning if the circuit is not fine. */
function titleOf({ summary }: ReportData): string {
  const { finding, headline: warning } = verdictOn(summary.witnesses);
  const isFine = summary.circuit === undefined || finding === 'agree';
  return `${isFine ? '' : `${warning}: `}${percent(accuracyOf(summary))}, ${summary.recipe} (Adiabit)`;
}

const columns = (...figures: readonly Html[]): Html => html`<div class="columns">${figures}</div>`;
