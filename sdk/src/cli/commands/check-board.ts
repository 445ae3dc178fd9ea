import { Command } from 'commander';
import { checkBoard, type BenchOptions, type CheckOutcome } from '../../board-check/index.js';
import { boardNamed } from '../../boards/index.js';
import { freshVirtualPorts, openAtKnownRate, openPort, VIRTUAL_PREFIX } from '../../device/index.js';
import { baudOption, boardsOption } from '../parse.js';
import { interruptSignal } from '../interrupt.js';
import { createTerminal, styled, type Styled } from '../terminal.js';

interface CheckBoardFlags {
  readonly port: string;
  readonly board?: string;
  readonly boards?: string;
  readonly baud?: number;
  readonly json?: boolean;
}

export const checkBoardCommand = (): Command =>
  new Command('check-board')
    .summary('ask a board everything that its entry promises')
    .description(
      'Runs the whole suite of a device over any port: what it says of itself against its entry, memory, flash, read-back, inference against ' +
        'the integer oracle, self-test, slots, revert, and a bad line. Circuits stored on the board are overwritten; an emulated board is a ' +
        'new one. Exit code 1 when a check fails.',
    )
    .requiredOption('--port <path>', 'a serial port such as /dev/ttyACM0 or COM3, or virtual:ID for an emulated board')
    .option('--board <id>', 'the entry to compare with (default: the one with the id that the board says)')
    .addOption(boardsOption())
    .addOption(baudOption())
    .option('--json', 'print the report as JSON')
    .action(checkBoardAction);

const MARKS: Readonly<Record<CheckOutcome['outcome'], Styled>> = {
  passed: styled('green', 'passed '),
  failed: styled('red', 'failed '),
  skipped: styled('yellow', 'skipped'),
};

async function checkBoardAction(flags: CheckBoardFlags): Promise<void> {
  const terminal = createTerminal(flags.json === true);
  const signal = interruptSignal();
  const options = { ...(await benchFor(flags, signal)), signal };
  const { id, name } = options.board;
  terminal.say(`${id}, ${name}, on ${flags.port}`);
  const report = await checkBoard(options, ({ name: check, outcome, detail }) =>
    terminal.say(MARKS[outcome], ` ${check}\n          ${detail}`),
  );
  terminal.say(`${report.passed} passed, ${report.failed} failed, ${report.skipped} skipped`);
  for (const { field, entry, device } of report.differences)
    terminal.say(styled('red', 'differs'), ` ${field}: ${entry} in boards.json, ${device} on the board`);
  terminal.result(report);
  if (report.failed > 0) process.exitCode = 1;
}

/**
 * Prepares a board for the suite. An emulated board is a new one, which keeps its flash as long as this process. A real
 * one is asked who it is.
 */
async function benchFor(flags: CheckBoardFlags, signal: AbortSignal): Promise<BenchOptions> {
  const { port, boards } = flags;
  if (port.startsWith(VIRTUAL_PREFIX)) {
    const virtualPorts = freshVirtualPorts(boards);
    const board = boardNamed(flags.board ?? port.slice(VIRTUAL_PREFIX.length), boards);
    return { board, isEmulated: true, openPort: () => openPort(port, { virtualPorts }) };
  }
  const access = { signal, ...(boards === undefined ? {} : { boards }) };
  const found = await openAtKnownRate(port, {
    ...access,
    ...(flags.baud === undefined ? {} : { baudRate: flags.baud }),
  });
  const { boardId } = found.session.device;
  await found.session.close();
  const board = boardNamed(flags.board ?? boardId, boards);
  return { board, isEmulated: false, openPort: () => openPort(port, { baudRate: found.baudRate }) };
}
