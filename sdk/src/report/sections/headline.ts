import type { Summary } from '../summary.js';
import { html, type Content, type Html } from '../html.js';
import { count, percent, plural, seconds } from '../numbers.js';
import { verdictOn, type Verdict } from '../verdict.js';

const MARKS: Readonly<Record<Verdict['finding'], string>> = { agree: '✓', disagree: '✗', unproven: '?' };

/** The result in one line, and whether to believe it. */
export function headline({
  accuracy,
  circuit,
  device,
  recipe,
  seed,
  seconds: times,
  training,
  witnesses,
}: Summary): Html {
  const verdict = verdictOn(witnesses);
  return html`
    <header>
      <p class="eyebrow">Adiabit <span>${recipe}</span> <span>seed ${seed}</span></p>
      <h1>
        <span>${percent(accuracy.hard)} right.</span>
        <span>${plural(circuit.bitstreamBytes, 'byte')}.</span>
        <span>Running on ${device.isEmulated ? `an emulated ${device.board}` : device.board}.</span>
      </h1>
      <div class="verdict ${verdict.finding}" role="${verdict.finding === 'agree' ? 'status' : 'alert'}">
        <span class="mark" aria-hidden="true">${MARKS[verdict.finding]}</span>
        <div>
          <strong>${verdict.headline}</strong>
          ${verdict.reasons.map((reason) => html`<p>${reason}</p>`)}
        </div>
      </div>
      <p class="lead">
        Of the test examples so many are classified right: soft, by the network with the smooth curves that are trained;
        hard, with every curve sharpened to a sign or a step; frozen, in the exact integers that the circuit computes.
      </p>
      <dl class="key-figures">
        ${keyFigure('Soft', percent(accuracy.soft), `as trained, best epoch ${training.bestEpoch}`)}
        ${keyFigure('Hard', percent(accuracy.hard), 'with signs and steps')}
        ${keyFigure('Frozen', percent(accuracy.frozen), 'exact integers, the circuit')}
        ${keyFigure('Gates', count(circuit.gates), `${count(circuit.xnorCells)} of them xnor cells`)}
        ${keyFigure('On the device', `${count(device.correct)} of ${count(device.inferences)}`, 'test examples right')}
        ${keyFigure('The whole run', seconds(times.total), `${plural(training.epochs, 'epoch')} of training`)}
      </dl>
    </header>
  `;
}

const keyFigure = (name: string, value: Content, note: Content): Html => html`
  <div>
    <dt>${name}</dt>
    <dd>${value} <small>${note}</small></dd>
  </div>
`;
