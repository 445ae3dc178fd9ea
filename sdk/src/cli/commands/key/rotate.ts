import { Command } from 'commander';
import { writeWhole } from '../../../files.js';
import { fingerprint, publicKeyBytes, signKeyTable } from '../../../signature/index.js';
import type { BoardAccess } from '../../board-place.js';
import {
  minimumFirmwareOption,
  onlyBoardOption,
  productOption,
  signingOptions,
  type ManifestFlags,
} from '../../keys/manifest-options.js';
import {
  passphraseOption,
  pathOfKey,
  privateKeyFrom,
  privateKeyOption,
  type PrivateKeyFlags,
} from '../../keys/private-key.js';
import { readPublicKeys } from '../../keys/public-keys.js';
import { outputTerminal } from '../../output-terminal.js';
import { baudOption, boardsOption, positive } from '../../parse.js';
import { sendTable } from './send.js';

interface KeyRotateFlags extends PrivateKeyFlags, ManifestFlags, BoardAccess {
  readonly tableVersion: number;
  readonly output?: string;
  readonly port?: string;
  readonly json?: boolean;
}

const DEFAULT_OUTPUT = 'keys.table';

export const keyRotateCommand = (): Command =>
  new Command('rotate')
    .summary('say which keys devices trust from now on')
    .description(
      'Writes a table of public keys, signed by a key that the devices trust by now, and sends it to a device with --port. The device then ' +
        'trusts the keys of the table and no others: that adds, replaces and revokes keys. It takes no table of its own version or an ' +
        'older one, and none that would leave out the key of the circuit that it boots: flash one that a remaining key has signed first.',
    )
    .argument('<keys...>', 'the .pub files of all keys to be trusted, from 1 to 4')
    .addOption(privateKeyOption())
    .addOption(passphraseOption())
    .addOption(productOption().makeOptionMandatory())
    .requiredOption('--table-version <n>', 'higher than that of the table which the devices have', positive)
    .addOption(onlyBoardOption())
    .addOption(minimumFirmwareOption())
    .option('-o, --output <file>', `the signed table (default: ${DEFAULT_OUTPUT}, or none with --port)`)
    .option('--port <path>', 'send it to the device there, or to virtual:ID')
    .addOption(baudOption())
    .addOption(boardsOption())
    .option('--json', 'print the result as JSON')
    .action(rotateAction);

async function rotateAction(files: readonly string[], flags: KeyRotateFlags, command: Command): Promise<void> {
  const { tableVersion, port, json, output = port === undefined ? DEFAULT_OUTPUT : undefined } = flags;
  const inputs = Object.fromEntries(files.map((file, index) => [`key ${index + 1}`, file]));
  const terminal = await outputTerminal(command, {
    json,
    inputs: { ...inputs, '--key': pathOfKey(flags.key) },
    outputs: { '--output': output },
  });
  const { product, board, minimumFirmware } = signingOptions(command, { ...flags, counter: tableVersion }, undefined);
  const keys = await readPublicKeys(files);
  const signer = await privateKeyFrom(flags);
  const table = signKeyTable(keys, signer, {
    product,
    tableVersion,
    ...(board === undefined ? {} : { board }),
    ...(minimumFirmware === undefined ? {} : { minimumFirmware }),
  });

  const [ids, by] = [keys, [signer]].map((some) => some.map((key) => fingerprint(publicKeyBytes(key))));
  terminal.say(`table ${tableVersion} of ${product}: ${ids.join(', ')}; signed by key ${by[0]}`);
  if (!ids.includes(by[0]))
    terminal.say(`it leaves out ${by[0]}: devices that take it believe nothing more that this key signs`);
  if (output !== undefined) {
    await writeWhole(output, table);
    terminal.say(`wrote ${output}, ${table.length} bytes`);
  }
  const result = { ...(output === undefined ? {} : { output }), product, tableVersion, keys: ids, signer: by[0] };
  if (port === undefined) terminal.result(result);
  else await sendTable(terminal, table, { ...flags, port }, result);
}
