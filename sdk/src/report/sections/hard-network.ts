import type { FreezeReport } from '../../train/freezing/freeze.js';
import type { Summary } from '../summary.js';
import { accuraciesDiffer } from '../../model/comparison.js';
import { html, emptyHtml, type Html } from '../html.js';
import { count, percent, plural, setting } from '../numbers.js';

/** Shows how the integers stand to the trained network with signs and steps that they were frozen from. */
export function hardNetworkSection({ freeze, notFrozen, accuracy }: Summary): Html {
  const { hard, frozen } = accuracy;
  if (notFrozen !== undefined) return refusedSection(notFrozen);
  return freeze === undefined || frozen === undefined ? emptyHtml : frozenSection(freeze, { hard, frozen });
}

const refusedSection = (reason: string): Html => html`
  <section aria-labelledby="hard-network">
    <h2 id="hard-network">No circuit</h2>
    <p>${reason}</p>
  </section>
`;

const frozenSection = (
  freeze: FreezeReport,
  accuracy: { readonly hard: number; readonly frozen: number },
): Html => html`
  <section aria-labelledby="hard-network">
    <h2 id="hard-network">Beside the hard network</h2>
    ${
      accuraciesDiffer(accuracy)
        ? html`<p role="alert">
            Of the test the hard network gets ${percent(accuracy.hard)} right, the integers that ship
            ${percent(accuracy.frozen)}.
          </p>`
        : emptyHtml
    }
    <p class="lead">${claimText(freeze)} ${agreementText(freeze.agreement)}</p>
    ${freeze.held.map(
      ({ layer, holds, reach }) =>
        html`<p>
          Layer ${layer} holds real values up to ${setting(holds)}; larger ones, at most ${setting(reach)}, are cut off.
        </p>`,
    )}
  </section>
`;

const claimText = ({ isExact }: FreezeReport): string =>
  isExact
    ? 'Every class is that of the trained network with signs and steps, whatever the input: this is proved.'
    : 'The integers are near the trained network with signs and steps, not proved to be equal.';

const agreementText = ({ equal, total, largestDifference, outputs }: FreezeReport['agreement']): string =>
  `Of ${plural(total, 'validation example')} ${count(total - equal)} ${total - equal === 1 ? 'has' : 'have'} another class; ` +
  `outputs, which lie between ${setting(outputs.minimum)} and ${setting(outputs.maximum)}, ` +
  `differ by at most ${setting(largestDifference)}.`;
