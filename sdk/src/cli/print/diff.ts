import { count } from '../../text/format.js';
import type { Difference } from '../../workflow/index.js';
import type { Terminal } from '../terminal.js';

/** Says where two circuits part. */
export function printDifference(terminal: Terminal, difference: Difference): void {
  terminal.say(sentences(difference).join('\n'));
  const { first, ...rest } = difference;
  terminal.result({
    ...rest,
    ...(first === undefined ? {} : { first: { ...first, outputs: first.outputs.map((outputs) => [...outputs]) } }),
  });
  if (difference.differing > 0 || difference.oraclesDiffer > 0) process.exitCode = 1;
}

function sentences({ vectors, differing, first, configuration, oraclesDiffer }: Difference): readonly string[] {
  const bits =
    configuration === undefined
      ? 'the circuits have other cells: only their outputs are compared'
      : `${count(configuration.differing)} of ${count(configuration.bits)} configuration bits differ` +
        (configuration.first === undefined ? '' : `, the first: ${configuration.first}`);
  const oracles = `the integer oracles of both differ on ${count(oraclesDiffer)}`;
  if (first === undefined) return [bits, `${count(vectors)} of ${count(vectors)} inputs get the same outputs`, oracles];
  const [one, other] = first.outputs;
  const output = one.findIndex((value, index) => value !== other[index]);
  return [
    bits,
    `${count(differing)} of ${count(vectors)} inputs get other outputs, the first is input ${first.vector}: ` +
      `output ${output} is ${one[output]} and ${other[output]}`,
    ...(first.cell === undefined
      ? []
      : [`there they part in cycle ${first.cell.cycle}: ${first.cell.cell} is ${first.cell.values.join(' and ')}`]),
    oracles,
  ];
}
