import type { MissedNet, PartCoverage } from '@adiabit/simulator/analysis';
import { count, percent, table } from '../../text/format.js';
import type { Coverage } from '../../workflow/index.js';
import type { Terminal } from '../terminal.js';
import { failOnMismatch, witnessText } from './witness.js';

/** Says what inputs move. @param list nets to name that do not toggle, at most */
export function printCoverage(terminal: Terminal, coverage: Coverage, list: number): void {
  const { nets, toggled, vectors, parts, missed, witness } = coverage;
  terminal.say(`${count(vectors)} inputs toggle ${percent(toggled / nets)} of ${count(nets)} nets`);
  terminal.say(tableOf(parts));
  if (missed.length > 0 && list > 0) {
    terminal.say(`${count(missed.length)} did not toggle${missed.length > list ? ', the first:' : ':'}`);
    terminal.say(missed.slice(0, list).map(sentence).join('\n'));
  }
  terminal.say(witnessText(witness));
  terminal.result({ ...coverage });
  failOnMismatch([witness]);
}

const tableOf = (parts: readonly PartCoverage[]): string =>
  table(
    parts.map(({ part, nets, toggled }) => [
      part,
      `${percent(toggled / nets).padStart(8)}  ${count(toggled)} of ${count(nets)}`,
    ]),
  );

function sentence({ net, rose, fell, cell }: MissedNet): string {
  const how = rose ? 'never fell' : fell ? 'never rose' : 'never moved';
  return `  n${net} ${how}: ${cell}`;
}
