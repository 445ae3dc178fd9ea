import { Command } from 'commander';
import { flashBoard, flashBoards, boardAt, readChecked } from '../../workflow/index.js';
import { placeOf } from '../board-place.js';
import { baudOption, boardsOption, integer } from '../parse.js';
import { collect, serialPorts, whyNotThere, type FlashFlags } from '../ports.js';
import { printFlashed, printFleet, saySigned } from '../print/flash.js';
import { createTerminal } from '../terminal.js';
import { circuitHere, configOption } from '../project.js';
import { watch } from '../watch.js';

export const flashCommand = (): Command =>
  new Command('flash')
    .summary('put a circuit on a device, or on many')
    .description(
      'Erase, write, read back and compare, self-test with the golden vectors, confirm. Until the last step the device keeps ' +
        'the circuit it had: cutting the line or the power at any byte brings that one back. Several devices are flashed at ' +
        'once; what goes wrong with one does not touch the others.',
    )
    .argument('[bitstream]', 'a .abit file (default: that of the project here)')
    .addOption(configOption())
    .option(
      '--port <path>',
      'a serial port such as /dev/ttyACM0 or COM3, or virtual:ID of an emulated board; may be given more than once',
      collect,
      [],
    )
    .option('--all', 'every serial port of this computer that a device answers on')
    .addOption(baudOption())
    .addOption(boardsOption())
    .option('--slot <n>', 'which slot to write (default: the one that is not running)', integer)
    .option(
      '--require-signature <key>',
      'flash only what the key in this .pub file has signed; checked before a port is opened',
    )
    .option('--json', 'print the result as JSON')
    .action(flashAction);

async function flashAction(given: string | undefined, flags: FlashFlags, command: Command): Promise<void> {
  const { port: named, all = false, slot, json } = flags;
  const refused = await whyNotThere(named, all);
  if (refused !== undefined) command.error(`error: ${refused}`, { exitCode: 2 });
  const terminal = createTerminal(json === true);
  const { bitstream: file } = await circuitHere(command, given, flags);
  const bitstream = await readChecked(file, flags.requireSignature);
  saySigned(terminal, bitstream);
  await watch(terminal, async (following) => {
    const options = { slot, ...following };
    const [only, ...others] = (all ? await serialPorts() : named).map((port) => placeOf(port, flags));
    if (!all && others.length === 0)
      printFlashed(terminal, await flashBoard(bitstream, boardAt(only), options), { ...only, ...bitstream });
    else {
      const outcomes = await flashBoards(bitstream, [only, ...others], options);
      printFleet(terminal, outcomes, { ignoreStrangers: all, ...bitstream, ...following });
    }
  });
}
