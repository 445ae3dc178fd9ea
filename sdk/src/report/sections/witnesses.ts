import type { Witness } from '../summary.js';
import { html, emptyHtml, type Html } from '../html.js';
import { count } from '../numbers.js';
import { findingOf, type WitnessFinding } from '../verdict.js';

const FINDINGS: Readonly<Record<WitnessFinding, { readonly mark: string; readonly style: string }>> = {
  agrees: { mark: '✓', style: 'agree' },
  differs: { mark: '✗', style: 'disagree' },
  'compared nothing': { mark: '?', style: 'unproven' },
};

/** Shows what agreed with what, and how often. */
export const witnessesSection = (witnesses: readonly Witness[]): Html =>
  witnesses.length === 0
    ? emptyHtml
    : html`
        <section aria-labelledby="witnesses">
          <h2 id="witnesses">Witnesses</h2>
          <p class="lead">
            Everything that can run the circuit is a witness. One mismatch is one input on which any output integer, not
            only the winning class, differed.
          </p>
          <div class="scroll">
            <table class="witnesses">
              <thead>
                <tr>
                  <th scope="col">Witness</th>
                  <th scope="col" class="number">Vectors</th>
                  <th scope="col" class="number">Mismatches</th>
                  <th scope="col">Finding</th>
                </tr>
              </thead>
              <tbody>
                ${witnesses.map(witnessRow)}
              </tbody>
            </table>
          </div>
        </section>
      `;

function witnessRow(witness: Witness): Html {
  const finding = findingOf(witness);
  const { mark, style } = FINDINGS[finding];
  return html`<tr class="${style}">
    <th scope="row">${witness.name} <small>against ${witness.against}</small></th>
    <td class="number">${count(witness.vectors)}</td>
    <td class="number">${count(witness.mismatches)}</td>
    <td class="finding"><span aria-hidden="true">${mark}</span> ${finding}</td>
  </tr> `;
}
