import { html, type Html } from './html.js';
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
import { verdictOn } from './verdict.js';

/** A run from training data to a running device as one HTML page, with its drawings and pictures inside. */
export function renderReport(data: ReportData): string {
  const { summary } = data;
  return page(
    titleOf(data),
    html`
      ${headline(summary)} ${witnessesSection(summary.witnesses)} ${hardNetworkSection(summary)}
      ${columns(trainingFigure(data), confusionFigure(data))} ${weightsFigure(data)} ${mistakesFigure(data)}
      ${circuitSection(summary.circuit)}
      ${columns(html`<div class="stack">${simulatorSection(summary)}${stagesFigure(summary)}</div>`, deviceSection(summary))}
      ${provenance(summary)}
    `,
  ).text;
}

/** A tab should not look fine when the circuit is not. */
function titleOf({ summary: { accuracy, recipe, witnesses } }: ReportData): string {
  const { finding, headline: warning } = verdictOn(witnesses);
  return `${finding === 'agree' ? '' : `${warning}: `}${percent(accuracy.hard)}, ${recipe} (Adiabit)`;
}

const columns = (...figures: readonly Html[]): Html => html`<div class="columns">${figures}</div>`;
