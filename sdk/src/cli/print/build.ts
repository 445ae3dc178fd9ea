import { relative } from 'node:path';
import { count, percent } from '../../text/format.js';
import type { BudgetLine } from '../../project/budgets.js';
import type { Figures, Lock } from '../../project/lock.js';
import type { BuiltProject, CheckedProject } from '../../workflow/index.js';
import { styled, type Terminal } from '../terminal.js';

/** Says what a build came to. */
export function printBuilt(terminal: Terminal, built: BuiltProject): void {
  const { lock, files, trained, compiled, budgets, report } = built;
  terminal.say(`training: ${trained ? 'done' : 'unchanged'}; compilation: ${compiled ? 'done' : 'unchanged'}`);
  sayFigures(terminal, lock, lock.compilation.figures);
  sayBudgets(terminal, budgets);
  for (const file of files) terminal.say(`${compiled ? 'wrote' : 'as it was:'} ${here(file)}`);
  if (report !== undefined) terminal.say(`report: ${here(report)}`);
  terminal.result(built);
}

/** Says what a check found. */
export function printChecked(terminal: Terminal, checked: CheckedProject): void {
  const { lock, hasData, notMeasured, budgets } = checked;
  sayFigures(terminal, lock, lock.compilation.figures);
  sayBudgets(terminal, budgets);
  if (!hasData) terminal.say('the data are not here: their digest and the accuracy are those of the lock');
  for (const board of notMeasured) terminal.say(`${board} cannot be emulated here: its cycles are those of the lock`);
  terminal.say(styled('green', 'what is committed is what its sources make'));
  terminal.result({ ...checked, lock: undefined });
}

const here = (file: string): string => relative('.', file) || file;

function sayFigures(
  terminal: Terminal,
  { name, training }: Lock,
  { bitstreamBytes, workBytes, boards, circuits }: Figures,
): void {
  const { soft, hard, frozen } = training.accuracy;
  terminal.say(`${name}: ${percent(frozen)} of the test right (hard ${percent(hard)}, soft ${percent(soft)})`);
  terminal.say(`  bitstream ${count(bitstreamBytes)} bytes, ${count(workBytes)} bytes of RAM`);
  for (const [id, { cycles, slotBytes }] of Object.entries(boards)) {
    const speed = cycles === undefined ? 'not measured' : `${count(cycles)} cycles`;
    terminal.say(`  ${id}: ${speed}, ${percent(bitstreamBytes / slotBytes)} of a slot`);
  }
  for (const [circuit, { form, luts, memoryBits, latency }] of Object.entries(circuits))
    terminal.say(
      `  ${circuit}: ${form}, ${count(luts)} tables, ${count(memoryBits)} memory bits, ${count(latency)} cycles`,
    );
}

function sayBudgets(terminal: Terminal, lines: readonly BudgetLine[]): void {
  for (const { budget, what, allowed, found } of lines.filter(({ budget: name }) => /^(min|max)/.test(name))) {
    const said =
      budget === 'minAccuracy'
        ? `${percent(found)} of at least ${percent(allowed)}`
        : `${count(found)} of at most ${count(allowed)}`;
    terminal.say(`  budget: ${what} ${said}`);
  }
}
