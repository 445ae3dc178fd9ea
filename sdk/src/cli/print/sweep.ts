import { relative } from 'node:path';
import type { TrialOutcome } from '../../sweep/messages.js';
import type { SweptProject } from '../../sweep/sweep.js';
import { plural } from '../../report/numbers.js';
import { count, percent } from '../../text/format.js';
import type { Terminal } from '../terminal.js';

/** Says in a line what came out of a trial. */
export function describeOutcome({ id, kind, history, validationAccuracy, point, seed, mode, error }: TrialOutcome): string {
  const values = Object.entries(point).map(([path, value]) => `${path}=${JSON.stringify(value)}`);
  const settings = [...values, ...(mode === undefined ? [] : [mode]), `seed ${seed}`].join(', ');
  const what = {
    finished: `${percent(validationAccuracy)} after ${plural(history.length, 'epoch')}`,
    stopped: `given up after ${plural(history.length, 'epoch')}, ${percent(validationAccuracy)}`,
    failed: `failed: ${error?.message ?? ''}`,
  }[kind];
  return `  trial ${id.slice(0, 8)}: ${what} (${settings})`;
}

/** Says what a sweep came to. */
export function printSwept(terminal: Terminal, { rows, files }: SweptProject): void {
  const front = rows.filter(({ isOnFront }) => isOnFront);
  terminal.say(`${plural(rows.length, 'trial')}, ${count(front.length)} on the Pareto front:`);
  for (const row of [...front].sort((one, other) => other.validationAccuracy - one.validationAccuracy)) {
    const { gates, lut4, bitstreamBytes = 0, cycles = {} } = row.figures ?? {};
    const sizes = [
      ...(gates === undefined ? [] : [`${count(gates)} gates`]),
      ...(lut4 === undefined ? [] : [`${count(lut4)} LUT4`]),
      `${count(bitstreamBytes)} bytes of flash`,
      ...Object.entries(cycles).map(([board, taken]) => `${count(taken)} cycles on ${board}`),
    ];
    terminal.say(`${describeOutcome(row)}: ${sizes.join(', ')}`);
  }
  terminal.say(`table: ${relative('.', files.table)}`);
  terminal.say(`drawing: ${relative('.', files.chart)}`);
}
