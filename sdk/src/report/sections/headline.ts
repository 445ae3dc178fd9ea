import type { CompileReport } from '../../compile/compile.js';
import { accuracyOf, type Summary } from '../summary.js';
import { html, emptyHtml, type Content, type Html } from '../html.js';
import { count, percent, plural, seconds } from '../numbers.js';
import { verdictOn, type Verdict } from '../verdict.js';

const MARKS: Readonly<Record<Verdict['finding'], string>> = { agree: '✓', disagree: '✗', unproven: '?' };

/** Shows the result in one line, and whether to believe it. */
export function headline(summary: Summary): Html {
  const { accuracy, circuit, device, recipe, seed, seconds: times, training, witnesses } = summary;
  return html`
    <header>
      <p class="eyebrow">Adiabit <span>${recipe}</span> <span>seed ${seed}</span></p>
      <h1>
        <span>${accuracyText(summary)}</span>
        ${circuit === undefined ? emptyHtml : html`<span>${plural(circuit.bitstreamBytes, 'byte')}.</span>`}
        ${device === undefined ? emptyHtml : html`<span>Running on ${device.isEmulated ? `an emulated ${device.board}` : device.board}.</span>`}
      </h1>
      ${circuit === undefined ? emptyHtml : verdictBox(verdictOn(witnesses))}
      <p class="lead">
        The part of the test examples that is classified right: soft, by the network with the smooth curves that are
        trained; hard, with every curve sharpened to a sign or a step; frozen, in the exact integers that a circuit
        computes.
      </p>
      <dl class="key-figures">
        ${keyFigure('Soft', percent(accuracy.soft), `as trained, best epoch ${training.bestEpoch}`)}
        ${keyFigure('Hard', percent(accuracy.hard), 'with signs and steps')}
        ${accuracy.frozen === undefined ? emptyHtml : keyFigure('Frozen', percent(accuracy.frozen), 'exact integers, what runs')}
        ${circuit === undefined ? emptyHtml : keyFigure('Gates', count(circuit.gates), gatesNote(circuit))}
        ${device === undefined ? emptyHtml : keyFigure('On the device', `${count(device.correct)} of ${count(device.inferences)}`, 'test examples right')}
        ${keyFigure('The whole run', seconds(times.total), `${plural(training.epochs, 'epoch')} of training`)}
      </dl>
    </header>
  `;
}

/**
 * Writes text such as "95.33 % right (95.34 % hard)": what runs, and the network that it was frozen from where that is
 * another figure.
 */
export function accuracyText(summary: Pick<Summary, 'accuracy'>): string {
  const [runs, hard] = [percent(accuracyOf(summary)), percent(summary.accuracy.hard)];
  return runs === hard ? `${runs} right.` : `${runs} right (${hard} hard).`;
}

const gatesNote = ({ xnorCells, memoryBits }: CompileReport): string =>
  xnorCells > 0 ? `${count(xnorCells)} of them xnor cells` : `and ${count(memoryBits)} bits of memory`;

const verdictBox = ({ finding, headline: text, reasons }: Verdict): Html => html`
  <div class="verdict ${finding}" role="${finding === 'agree' ? 'status' : 'alert'}">
    <span class="mark" aria-hidden="true">${MARKS[finding]}</span>
    <div>
      <strong>${text}</strong>
      ${reasons.map((reason) => html`<p>${reason}</p>`)}
    </div>
  </div>
`;

const keyFigure = (name: string, value: Content, note: Content): Html => html`
  <div>
    <dt>${name}</dt>
    <dd>${value} <small>${note}</small></dd>
  </div>
`;
