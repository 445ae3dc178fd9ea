import { Command } from 'commander';
import { decodeBitstream } from '@adiabit/simulator';
import { flash, type FlashResult } from '../../device/index.js';
import { openBoard } from '../board.js';
import { bytes, count, duration } from '../format.js';
import { readBytes } from '../../files.js';
import { interruptSignal } from '../interrupt.js';
import { readPublicKey, verifySignature } from '../../signature/index.js';
import { createTerminal } from '../terminal.js';
import { readText } from './sign.js';
import { integer, positive } from './train.js';

interface FlashFlags {
  readonly port: string;
  readonly baud?: number;
  readonly slot?: number;
  readonly requireSignature?: string;
  readonly json?: boolean;
}

export const flashCommand = (): Command =>
  new Command('flash')
    .summary('put a circuit on a device')
    .description(
      'Erase, write, read back and compare, self-test with the golden vectors, confirm. Until the last step the device keeps ' +
        'the circuit it had: cutting the line or the power at any byte brings that one back.',
    )
    .argument('<bitstream>', 'a .abit file')
    .requiredOption('--port <path>', 'a serial port such as /dev/ttyACM0 or COM3, or virtual:rp2040')
    .option('--baud <rate>', 'bits per second (default: what the known boards use, one after the other)', positive)
    .option('--slot <n>', 'which slot to write (default: the one that is not running)', integer)
    .option(
      '--require-signature <key>',
      'flash only what the key in this .pub file has signed; checked before the port is opened',
    )
    .option('--json', 'print the result as JSON')
    .action(flashAction);

async function flashAction(file: string, flags: FlashFlags): Promise<void> {
  const terminal = createTerminal(flags.json === true);
  const signal = interruptSignal();
  const bitstream = await readBytes(file);
  decodeBitstream(bitstream);
  const trustedKey =
    flags.requireSignature === undefined ? undefined : readPublicKey(await readText(flags.requireSignature));
  const signedBy = trustedKey && verifySignature(bitstream, trustedKey);
  const session = await openBoard(flags.port, flags.baud, signal);
  const bar = terminal.progress('flash');
  let result: FlashResult;
  try {
    result = await flash(session, bitstream, {
      signal,
      ...(trustedKey && { trustedKey }),
      ...(flags.slot === undefined ? {} : { slot: flags.slot }),
      onProgress: ({ phase, bytes: stored, totalBytes, bytesPerSecond, secondsLeft }) => {
        const rate = bytesPerSecond === undefined ? '' : `${count(bytesPerSecond)} bytes/s`;
        const left = secondsLeft === undefined ? '' : `, ${duration(secondsLeft)} left`;
        bar.update(stored, totalBytes, `${phase} ${rate}${left}`);
      },
    });
  } finally {
    bar.stop();
    await session.close();
  }
  terminal.say(`${result.device.boardId}: ${bytes(result.bytes)} in slot ${result.slot}, read back and compared`);
  terminal.say(`  digest ${result.digest}`);
  if (signedBy !== undefined)
    terminal.say(`  signed by key ${signedBy}; checked here, the board does not check signatures`);
  terminal.say(`  self-test passed: ${result.goldenVectors} golden vectors; confirmed as number ${result.sequence}`);
  terminal.say(
    `  ${duration(result.totalMs / 1000)}, ${count(result.bytesPerSecond)} bytes/s while writing, ${result.resends} resends`,
  );
  terminal.result({ ...result, port: flags.port, signedBy });
}
