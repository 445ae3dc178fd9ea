import { Command } from 'commander';
import { VERSION } from '../../version.js';
import type { Check } from '../doctor/checks.js';
import { diagnose } from '../doctor/diagnose.js';
import { boardsOption } from '../parse.js';
import { createTerminal, styled, type Styled } from '../terminal.js';

export const doctorCommand = (): Command =>
  new Command('doctor')
    .summary('say what is installed, what will run, and what to do about the rest')
    .description(
      'Checks Node, the packages that not everybody needs, the training backends, the simulation engine, the data, the serial ports and ' +
        'every tool that tests and firmware builds use, with what each is for. Exit code 1 when something needed is missing; optional things only get advice.',
    )
    .addOption(boardsOption())
    .option('--json', 'print the checks as JSON')
    .action(doctorAction);

const MARKS: Readonly<Record<Check['state'], Styled>> = {
  ok: styled('green', 'ok     '),
  optional: styled('yellow', 'without'),
  missing: styled('red', 'missing'),
};

async function doctorAction({ boards, json }: { boards?: string; json?: boolean }): Promise<void> {
  const terminal = createTerminal(json === true);
  const bar = terminal.progress('check');
  const checks = await diagnose(boards, (done, total) => bar.update(done, total)).finally(() => bar.stop());
  terminal.say(`adiabit ${VERSION}`);
  for (const { name, state, detail, purpose, advice } of checks) {
    terminal.say(MARKS[state], ` ${name}: ${detail}${purpose === undefined ? '' : ` (for ${purpose})`}`);
    if (advice !== undefined) terminal.say(`        ${advice}`);
  }
  terminal.result({ version: VERSION, checks });
  if (checks.some(({ state }) => state === 'missing')) process.exitCode = 1;
}
