import type { FaultKind, FaultTrial } from '@adiabit/simulator/analysis';
import { writeWhole } from '../../files.js';
import { withPackages } from '../../packages/features.js';
import { count, percent, table } from '../../text/format.js';
import type { Faults } from '../../workflow/index.js';
import type { Terminal } from '../terminal.js';
import { failOnMismatch, witnessText } from './witness.js';

/** Says how accuracy falls, and draws it if asked to. */
export async function printFaults(
  terminal: Terminal,
  { kind, sites, flips, examples, trials, witness }: Faults,
  { svg, trials: each }: { readonly svg?: string; readonly trials: number },
): Promise<void> {
  const { places, faulty, title } = words(kind, sites);
  terminal.say(`${count(sites)} ${places}; ${count(examples)} test examples, ${each} trials each`);
  terminal.say(table(flips.map((flipped) => [`${count(flipped)} ${faulty}`, summary(trials, flipped)])));
  terminal.say(`without faults, ${witnessText(witness)}`);
  if (svg !== undefined) {
    const { upsetsDrawing } = await withPackages('charts', () => import('../../report/charts/upsets.js'));
    await writeWhole(svg, upsetsDrawing(trials, title));
    terminal.say(`wrote ${svg}`);
  }
  const bits = kind === 'configuration' ? { configurationBits: sites } : {};
  terminal.result({ kind, ...bits, sites, examples, trials, witness });
  failOnMismatch([witness]);
}

/** Says how a kind of fault is spoken of. */
function words(kind: FaultKind, sites: number) {
  const all = count(sites);
  switch (kind) {
    case 'configuration':
      return {
        places: 'configuration bits',
        faulty: 'flipped',
        title: `accuracy by the number of configuration bits flipped, of ${all}`,
      };
    case 'registers':
      return {
        places: 'registers',
        faulty: 'flipped in an inference',
        title: `accuracy by the number of registers that flip in an inference, of ${all}`,
      };
    case 'stuck':
      return { places: 'nets', faulty: 'stuck', title: `accuracy by the number of nets stuck at 0 or 1, of ${all}` };
  }
}

function summary(trials: readonly FaultTrial[], flips: number): string {
  const some = trials.filter((trial) => trial.flips === flips);
  const accuracies = some.map(({ accuracy }) => accuracy);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const unanswered = mean(some.map((trial) => trial.unanswered));
  const range = `${percent(mean(accuracies))}  (${percent(Math.min(...accuracies))} to ${percent(Math.max(...accuracies))})`;
  return unanswered === 0 ? range : `${range}, without an answer ${percent(unanswered)}`;
}
