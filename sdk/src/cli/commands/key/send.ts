import { Command } from 'commander';
import { readBytes } from '../../../files.js';
import { SignatureError } from '../../../signature/index.js';
import { boardAt, rotateKeys } from '../../../workflow/index.js';
import { placeOf, signatureNote, type BoardAccess } from '../../board-place.js';
import { isKeyTable } from '../../keys/show.js';
import { baudOption, boardsOption } from '../../parse.js';
import { createTerminal, type Terminal } from '../../terminal.js';
import { watch } from '../../watch.js';

interface KeySendFlags extends BoardAccess {
  readonly port: string;
  readonly json?: boolean;
}

export const keySendCommand = (): Command =>
  new Command('send')
    .summary('send a table of keys to a device')
    .description(
      'Sends what "adiabit key rotate" wrote, perhaps on another machine: no private key is needed here. The device checks it and, if it ' +
        'refuses, keeps the keys that it has.',
    )
    .argument('<table>', 'a signed table of "adiabit key rotate"')
    .requiredOption('--port <path>', 'a serial port, or virtual:ID')
    .addOption(baudOption())
    .addOption(boardsOption())
    .option('--json', 'print the result as JSON')
    .action(async (file: string, flags: KeySendFlags) => {
      const terminal = createTerminal(flags.json === true);
      const table = await readBytes(file);
      if (!isKeyTable(table))
        throw new SignatureError('bad-option', `${file} is no signed table of keys. "adiabit key rotate" makes one.`, {
          file,
        });
      await sendTable(terminal, table, flags, { table: file });
    });

/** Sends a table to the device at a port, and says what the device says of itself then. */
export const sendTable = (
  terminal: Terminal,
  table: Uint8Array,
  { port, ...access }: BoardAccess & { readonly port: string },
  result: Readonly<Record<string, unknown>>,
): Promise<void> =>
  watch(terminal, async (following) => {
    const device = await rotateKeys(table, boardAt(placeOf(port, access)), following);
    terminal.say(`sent to ${port}: the device ${signatureNote(device)}`);
    terminal.result({ ...result, port, device: device.trust });
  });
