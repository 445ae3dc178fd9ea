import { count, percent } from '../../text/format.js';
import type { DeviceRun, Witness } from '../../workflow/index.js';
import type { Terminal } from '../terminal.js';
import { countedClasses } from './classes.js';
import { comparedText, failOnMismatch } from './witness.js';

/** Says how test examples were classified on a device. */
export function printRun(terminal: Terminal, run: DeviceRun): void {
  const { board, inferences, correct, classes, counterUnit, perInference } = run;
  const { circuit, oracle, form, timing } = run.parity;
  terminal.say(`${board}: ${correct === undefined ? countedClasses(classes) : rightText(correct, inferences)}`);
  if (counterUnit !== 'none') terminal.say(`  ${count(perInference)} ${counterUnit} per inference`);
  const part =
    circuit.vectors < inferences
      ? ` (the first: in the ${form} circuit each takes ${count(timing.latency)} cycles)`
      : '';
  terminal.say(`${equalText(circuit)}${part}`);
  terminal.say(equalText(oracle));
  terminal.result({
    board,
    inferences,
    correct,
    classes: correct === undefined ? classes : undefined,
    counterUnit,
    perInference,
    form,
    witness: circuit,
    witnesses: [circuit, oracle],
  });
  failOnMismatch([circuit, oracle]);
}

const rightText = (correct: number, inferences: number): string =>
  `${percent(correct / inferences)} right (${correct} of ${inferences})`;

const equalText = (witness: Witness): string =>
  `  equal to the ${witness.against} ${comparedText(witness)}: ${witness.vectors - witness.mismatches} of ${witness.vectors}`;
