import { historyChart, sharpnessIsShared } from '../charts/history.js';
import { html, emptyHtml, type Html } from '../html.js';
import { count, decimal, percent, setting } from '../numbers.js';
import type { ReportData, ReportEpoch } from '../report-data.js';

/** Shows how accuracy followed the sharpness. */
export function trainingFigure({ history, summary }: ReportData): Html {
  if (history.length === 0) return emptyHtml;
  return html`
    <figure>
      <figcaption>
        <h2>Training</h2>
        <p>
          Validation accuracy while the sharpness k rises. Soft: with the smooth curves that are trained, at the k of
          the epoch. Hard: with signs and steps in their place, as the circuit computes. The epoch with the best hard
          accuracy is kept. ${speedText(summary)}
        </p>
        <ul class="legend">
          <li><i class="line hard dot"></i>hard</li>
          <li><i class="line soft ring"></i>soft</li>
          ${
            sharpnessIsShared(history)
              ? html`<li><i class="line sharpness"></i>k, log scale</li>`
              : html`<li><i class="line sharpness"></i>k of weights, log scale</li>
                  <li><i class="line sharpness-activation"></i>k of activations</li>`
          }
        </ul>
      </figcaption>
      ${historyChart(history)}
      <details>
        <summary>All ${count(history.length)} epochs as a table</summary>
        ${epochTable(history)}
      </details>
    </figure>
  `;
}

/** Says how fast training was; nothing for a run that found its training finished. */
const speedText = ({ training: { samplesPerSecond }, backend }: ReportData['summary']): string =>
  samplesPerSecond === 0 ? '' : `${count(samplesPerSecond)} examples a second on ${backend}.`;

const epochTable = (history: readonly ReportEpoch[]): Html => html`
  <div class="scroll">
    <table class="epochs">
      <thead>
        <tr>
          <th scope="col">Epoch</th>
          <th scope="col">k weights</th>
          <th scope="col">k activations</th>
          <th scope="col">Rate</th>
          <th scope="col">Loss</th>
          <th scope="col">Soft</th>
          <th scope="col">Hard</th>
        </tr>
      </thead>
      <tbody>
        ${history.map(
          (epoch) =>
            html`<tr${epoch.isBest ? html` class="best"` : emptyHtml}>
              <th scope="row">${epoch.epoch}${epoch.isBest ? ' (best)' : ''}</th>
              <td>${setting(epoch.kWeight)}</td>
              <td>${setting(epoch.kActivation)}</td>
              <td>${setting(epoch.learningRate)}</td>
              <td>${decimal(epoch.loss, 4)}</td>
              <td>${percent(epoch.softAccuracy)}</td>
              <td>${percent(epoch.hardAccuracy)}</td>
            </tr> `,
        )}
      </tbody>
    </table>
  </div>
`;
