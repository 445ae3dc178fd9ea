import { realpath } from 'node:fs/promises';
import type { KeyObject } from 'node:crypto';
import { Command } from 'commander';
import { decodeBitstream } from '@adiabit/simulator/bitstream';
import { visible } from '@adiabit/simulator/text';
import {
  flash,
  flashFleet,
  listPorts,
  throwIfCancelled,
  TransportError,
  type FlashResult,
  type FleetOutcome,
} from '../../device/index.js';
import { openBoard, signatureNote } from '../board.js';
import { bytes, count, duration } from '../../text/format.js';
import { readBytes } from '../../files.js';
import { interruptSignal } from '../interrupt.js';
import { readPublicKey, verifySignature } from '../../signature/index.js';
import { createTerminal, styled, type Piece, type Terminal } from '../terminal.js';
import { readText } from './sign.js';
import { integer, positive } from './train.js';

interface FlashFlags {
  readonly port: readonly string[];
  readonly all?: boolean;
  readonly baud?: number;
  readonly slot?: number;
  readonly requireSignature?: string;
  readonly json?: boolean;
}

export const flashCommand = (): Command =>
  new Command('flash')
    .summary('put a circuit on a device, or on many')
    .description(
      'Erase, write, read back and compare, self-test with the golden vectors, confirm. Until the last step the device keeps ' +
        'the circuit it had: cutting the line or the power at any byte brings that one back. Several devices are flashed at ' +
        'once; what goes wrong with one does not touch the others.',
    )
    .argument('<bitstream>', 'a .abit file')
    .option(
      '--port <path>',
      'a serial port such as /dev/ttyACM0 or COM3, or virtual:rp2040; may be given more than once',
      (path: string, paths: readonly string[]) => [...paths, path],
      [],
    )
    .option('--all', 'every serial port of this computer that a device answers on')
    .option('--baud <rate>', 'bits per second (default: what the known boards use, one after the other)', positive)
    .option('--slot <n>', 'which slot to write (default: the one that is not running)', integer)
    .option(
      '--require-signature <key>',
      'flash only what the key in this .pub file has signed; checked before a port is opened',
    )
    .option('--json', 'print the result as JSON')
    .action(flashAction);

async function flashAction(file: string, flags: FlashFlags, command: Command): Promise<void> {
  if (flags.all === true ? flags.port.length > 0 : flags.port.length === 0) {
    command.error('error: say where to: --port PATH, once or more, or --all', { exitCode: 2 });
  }
  const twice = await sameTwice(flags.port);
  if (twice !== undefined) command.error(`error: ${twice} is named twice`, { exitCode: 2 });
  const terminal = createTerminal(flags.json === true);
  const bitstream = await readBytes(file);
  decodeBitstream(bitstream);
  const trustedKey =
    flags.requireSignature === undefined ? undefined : readPublicKey(await readText(flags.requireSignature));
  const signedBy = trustedKey && verifySignature(bitstream, trustedKey);
  if (signedBy !== undefined) terminal.say(`signed by key ${signedBy}, checked on this computer`);
  const job: Job = { bitstream, trustedKey, signedBy, flags, signal: interruptSignal(), terminal };
  if (flags.all !== true && flags.port.length === 1) await flashOne(job, flags.port[0]);
  else await flashMany(job, flags.all === true ? await allPorts() : flags.port);
}

interface Job {
  readonly bitstream: Uint8Array;
  readonly trustedKey: KeyObject | undefined;
  readonly signedBy: string | undefined;
  readonly flags: FlashFlags;
  readonly signal: AbortSignal;
  readonly terminal: Terminal;
}

const optionsOf = ({ flags, trustedKey, signal }: Job) => ({
  signal,
  ...(trustedKey && { trustedKey }),
  ...(flags.slot === undefined ? {} : { slot: flags.slot }),
});

async function flashOne(job: Job, port: string): Promise<void> {
  const { bitstream, flags, signal, terminal, signedBy } = job;
  const session = await openBoard(port, flags.baud, signal);
  const bar = terminal.progress('flash');
  let result: FlashResult;
  try {
    result = await flash(session, bitstream, {
      ...optionsOf(job),
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
  terminal.say(`  self-test passed: ${result.goldenVectors} golden vectors; confirmed as number ${result.sequence}`);
  terminal.say(`  the board ${signatureNote(result.device)}`);
  terminal.say(
    `  ${duration(result.totalMs / 1000)}, ${count(result.bytesPerSecond)} bytes/s while writing, ${result.resends} resends`,
  );
  terminal.result({ ...result, port, signedBy });
}

async function flashMany(job: Job, ports: readonly string[]): Promise<void> {
  const { bitstream, flags, signal, terminal, signedBy } = job;
  const stored = new Map(ports.map((port) => [port, 0]));
  const bar = terminal.progress(`flash ${ports.length} devices`);
  const outcomes = await flashFleet(ports, bitstream, {
    ...optionsOf(job),
    open: (port) => openBoard(port, flags.baud, signal),
    onProgress: (port, progress) => {
      stored.set(port, progress.bytes);
      const done = [...stored.values()].reduce((total, one) => total + one, 0);
      bar.update(done, ports.length * bitstream.length);
    },
  }).finally(() => bar.stop());
  // Of all the ports of a computer, those with something else behind them are nobody's failure.
  const isNothing = (outcome: FleetOutcome): boolean =>
    flags.all === true && !outcome.ok && !outcome.opened && NOT_OURS.has(outcome.error.code);
  const devices = outcomes.filter((outcome) => !isNothing(outcome));
  if (devices.length === 0) {
    throw new TransportError(
      'not-found',
      `No device answers on any of ${count(ports.length)} serial ports. Name one with --port.`,
      {
        ports,
      },
    );
  }
  const failed = devices.filter(({ ok }) => !ok).length;
  for (const line of fleetTable(devices)) terminal.say(...line);
  terminal.say(`${devices.length - failed} of ${devices.length} devices flashed`);
  throwIfCancelled(signal);
  terminal.result({
    signedBy,
    flashed: devices.length - failed,
    failed,
    devices: devices.map((outcome) =>
      outcome.ok
        ? { port: outcome.port, ok: true, ...outcome.result }
        : { port: outcome.port, ok: false, error: { code: outcome.error.code, message: outcome.error.message } },
    ),
    otherPorts: outcomes.filter(isNothing).map(({ port }) => port),
  });
  if (failed > 0) process.exitCode = 1;
}

const NOT_OURS: ReadonlySet<string> = new Set(['transport.timeout', 'protocol.unexpected-reply']);

/** A line per device; what went wrong stands under it, where it has room. */
function fleetTable(outcomes: readonly FleetOutcome[]): readonly (readonly Piece[])[] {
  const width = Math.max(...outcomes.map(({ port }) => port.length));
  return outcomes.map((outcome) => {
    const port = outcome.port.padEnd(width);
    if (!outcome.ok)
      return [`${port}  `, styled('red', 'failed'), ` ${outcome.error.code}\n  ${visible(outcome.error.message)}`];
    const { device, slot, totalMs, resends } = outcome.result;
    return [
      `${port}  ${device.boardId}, slot ${slot}, ${duration(totalMs / 1000)}, ${resends} resends, ${signatureNote(device)}`,
    ];
  });
}

/** @throws TransportError `transport.not-found` when there is none. */
async function allPorts(): Promise<readonly string[]> {
  const { ports, problem } = await listPorts();
  const serial = ports.filter(({ kind }) => kind === 'serial').map(({ path }) => path);
  if (serial.length > 0) return serial;
  throw new TransportError('not-found', `${problem ?? 'This computer has no serial port.'} Name ports with --port.`);
}

/** A port that two of the names lead to. */
async function sameTwice(ports: readonly string[]): Promise<string | undefined> {
  const real = await Promise.all(ports.map((port) => realpath(port).catch(() => port)));
  return ports.find((_, index) => real.indexOf(real[index]) < index);
}
