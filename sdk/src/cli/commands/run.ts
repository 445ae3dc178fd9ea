import { Command } from 'commander';
import { boardAt, freshBoardAt, runOnBoard } from '../../workflow/index.js';
import { emulatedBoards, placeOf } from '../board-place.js';
import { circuitFlags, withFormOptions, type ExampleFlags } from '../form.js';
import { baudOption, boardsOption, examplesOption, positive, rawOption } from '../parse.js';
import { printRun } from '../print/run.js';
import { createTerminal } from '../terminal.js';
import { circuitHere, configOption } from '../project.js';
import { watch } from '../watch.js';

interface RunFlags extends ExampleFlags {
  readonly port?: string;
  readonly board?: string;
  readonly baud?: number;
  readonly boards?: string;
  readonly count: number;
  readonly all?: boolean;
  readonly raw?: string;
}

export const runCommand = (): Command =>
  withFormOptions(
    new Command('run')
      .summary('classify test examples on a device and compare with the simulator')
      .description(
        'Checks that the device runs the given bitstream, sends it test examples, and shows its accuracy and speed. Every ' +
          'class and every output integer is compared with the simulated circuit (of a large folded circuit as many as half a ' +
          'minute allows) and with the integer oracle; exit code 1 when any differs. With --board a new emulated board is started and flashed first.',
      )
      .argument('[bitstream]', 'the .abit file that was flashed (default: that of the project here)')
      .addOption(configOption())
      .option('--port <path>', 'a serial port such as /dev/ttyACM0 or COM3, or virtual:ID of an emulated board')
      .option('--board <id>', `an emulated board: ${emulatedBoards().join(', ')}`)
      .addOption(baudOption())
      .addOption(boardsOption())
      .addOption(examplesOption())
      .addOption(rawOption())
      .option('--count <n>', 'how many test examples', positive, 100)
      .option('--all', 'the whole test set')
      .option('--json', 'print the result as JSON'),
  ).action(runAction);

async function runAction(named: string | undefined, flags: RunFlags, command: Command): Promise<void> {
  const { port = '', board, raw, json } = flags;
  if ((flags.port === undefined) === (board === undefined)) {
    command.error('error: say where: --port PATH, or --board ID for an emulated one', { exitCode: 2 });
  }
  const terminal = createTerminal(json === true);
  const { bitstream, data } = await circuitHere(command, named, flags);
  const run = await watch(terminal, async (following) =>
    runOnBoard({
      bitstream,
      data: raw === undefined ? await data(following) : undefined,
      raw,
      limit: flags.all === true ? undefined : flags.count,
      ...circuitFlags(flags),
      flashFirst: board !== undefined,
      open: board === undefined ? boardAt(placeOf(port, flags)) : freshBoardAt(board, flags.boards),
      ...following,
    }),
  );
  printRun(terminal, run);
}
