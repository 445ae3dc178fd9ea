import { count, duration, percent } from '../../text/format.js';
import type { Simulation, Trace } from '../../workflow/index.js';
import type { Terminal } from '../terminal.js';
import { countedClasses } from './classes.js';
import { cyclesText } from './describe.js';
import { failOnMismatch } from './witness.js';

/** Says how a test set was classified by a circuit. */
export function printSimulation(terminal: Terminal, simulation: Simulation): void {
  const { engine, inferences, available, isPart, correct, seconds, lanes, cycles, timing, witnesses, loadingCycles } =
    simulation;
  if (loadingCycles !== undefined)
    terminal.say(`loaded through the scan chains in ${count(loadingCycles)} cycles; CRCs and digest are right`);
  terminal.say(`engine: ${engine}`);
  if (isPart)
    terminal.say(
      `simulated the first ${count(inferences)} of ${count(available)} test examples, since each takes ` +
        `${count(timing.latency)} cycles (--limit says how many)`,
    );
  terminal.say(
    `${count(inferences)} inferences in ${duration(seconds)} (${count(inferences / seconds)} inferences/s), ` +
      `${count(lanes)} at once in each of ${count(cycles)} simulated cycles`,
  );
  terminal.say(`cycles of one inference: ${cyclesText(timing)}`);
  const classes = Array.from(simulation.classes, (label) => simulation.classNames?.[label] ?? String(label));
  terminal.say(
    correct === undefined
      ? `classes: ${countedClasses(classes)}`
      : `accuracy: ${percent(correct / inferences)} (${count(correct)} of ${count(inferences)})`,
  );
  for (const { against, vectors, mismatches } of witnesses)
    terminal.say(`${against}: ${count(vectors - mismatches)} of ${count(vectors)} equal in every output`);
  const outcome = correct === undefined ? { classes } : { correct, accuracy: correct / inferences };
  terminal.result({ inferences, available, ...outcome, engine, loadingCycles, seconds, timing, witnesses });
  failOnMismatch(witnesses);
}

/** Says what a waveform shows. */
export function printTrace(terminal: Terminal, { cycles, class: predicted, label }: Trace, vcd: string): void {
  terminal.say(`wrote ${vcd}: ${cycles} cycles, class ${predicted} (label ${label})`);
  terminal.result({ vcd, cycles, class: predicted, label });
}
