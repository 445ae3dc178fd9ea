import { Command } from 'commander';
import { writeFirmware } from '../../workflow/index.js';
import { boardsOption } from '../parse.js';
import { printFirmware } from '../print/firmware.js';
import { createTerminal } from '../terminal.js';
import { watch } from '../watch.js';

interface FirmwareFlags {
  readonly board: string;
  readonly port?: string;
  readonly drive?: string;
  readonly image?: string;
  readonly hello?: string;
  readonly setFuses?: boolean;
  readonly boards?: string;
  readonly json?: boolean;
}

export const firmwareCommand = (): Command =>
  new Command('firmware')
    .summary('put the firmware itself on a board')
    .description('What a new board needs once. Circuits go on with "adiabit flash". docs/guides/firmware.md')
    .addCommand(writeCommand());

const writeCommand = (): Command =>
  new Command('write')
    .summary("write it through the board's own boot loader, or a programmer")
    .description(
      'Writes the prebuilt image over the way in that boards.json names for the board: a drive, a serial boot loader, or a ' +
        'programmer. Reads back and compares where that is possible, and waits for the firmware to say hello.',
    )
    .requiredOption('--board <id>', 'a board of boards.json')
    .option('--port <path>', "the board's serial port; for Arduinos that of the programmer")
    .option('--drive <dir>', "the folder of the board's drive (default: searched, and waited for)")
    .option('--image <file>', 'other firmware than the prebuilt: .uf2, .hex or .bin, as the board takes it')
    .option('--hello <path>', 'the port on which the firmware then answers, if it is not --port')
    .option('--set-fuses', 'AVR: set fuses that differ from those with which the board is sold')
    .addOption(boardsOption())
    .option('--json', 'print the result as JSON')
    .action(async ({ hello: helloPort, setFuses: setsFuses, json = false, ...flags }: FirmwareFlags) => {
      const terminal = createTerminal(json);
      const written = await watch(terminal, (following) =>
        writeFirmware({ ...flags, helloPort, setsFuses, ...following }),
      );
      printFirmware(terminal, written);
    });
