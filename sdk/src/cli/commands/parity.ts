import { Command } from 'commander';
import { boardAt, freshBoardAt, parityOnBoard } from '../../workflow/index.js';
import { emulatedBoards, placeOf } from '../board-place.js';
import type { ExampleFlags } from '../form.js';
import { baudOption, boardsOption, examplesOption, positive } from '../parse.js';
import { printParity } from '../print/parity.js';
import { createTerminal } from '../terminal.js';
import { circuitHere, configOption } from '../project.js';
import { watch } from '../watch.js';

interface ParityFlags extends ExampleFlags {
  readonly port?: string;
  readonly board?: string;
  readonly baud?: number;
  readonly boards?: string;
  readonly limit?: number;
}

export const parityCommand = (): Command =>
  new Command('parity')
    .summary('hold a device to the integer oracle, and name the layer and neuron where it differs')
    .description(
      'Checks that the device runs the given bitstream, sends it test examples, and compares every output integer with the ' +
        'integer oracle; exit code 1 when any differs. Then it reads the values of layer after layer for the first example ' +
        'that differs, and names the first wrong one: layer, channel, place, and both integers. With --board a new emulated ' +
        'board is started and flashed first.',
    )
    .argument('[bitstream]', 'the .abit file that was flashed (default: that of the project here)')
    .addOption(configOption())
    .option('--port <path>', 'a serial port such as /dev/ttyACM0 or COM3, or virtual:ID of an emulated board')
    .option('--board <id>', `an emulated board: ${emulatedBoards().join(', ')}`)
    .addOption(baudOption())
    .addOption(boardsOption())
    .addOption(examplesOption())
    .option('--limit <n>', 'no more than so many test examples', positive)
    .option('--json', 'print the result as JSON')
    .action(parityAction);

async function parityAction(named: string | undefined, flags: ParityFlags, command: Command): Promise<void> {
  const { port = '', board, limit, json } = flags;
  if ((flags.port === undefined) === (board === undefined)) {
    command.error('error: say where: --port PATH, or --board ID for an emulated one', { exitCode: 2 });
  }
  const terminal = createTerminal(json === true);
  const { bitstream, data } = await circuitHere(command, named, flags);
  const parity = await watch(terminal, async (following) =>
    parityOnBoard({
      bitstream,
      data: await data(following),
      limit,
      flashFirst: board !== undefined,
      open: board === undefined ? boardAt(placeOf(port, flags)) : freshBoardAt(board, flags.boards),
      ...following,
    }),
  );
  printParity(terminal, parity);
}
