import { visible } from '@adiabit/simulator/text';
import { throwIfCancelled, TransportError, type FlashResult, type FleetOutcome } from '../../device/index.js';
import { bytes, count, duration } from '../../text/format.js';
import type { CheckedBitstream } from '../../workflow/index.js';
import { signatureNote } from '../board-place.js';
import { styled, type Piece, type Terminal } from '../terminal.js';

/** The signer of the bitstream, if a signature was asked for. */
type Signed = Pick<CheckedBitstream, 'signedBy'>;

/** Says who signed what is flashed. */
export function saySigned(terminal: Terminal, { signedBy }: Signed): void {
  if (signedBy !== undefined) terminal.say(`signed by key ${signedBy}, checked on this computer`);
}

/** Says what was put on a device. */
export function printFlashed(
  terminal: Terminal,
  result: FlashResult,
  { port, signedBy }: Signed & { readonly port: string },
): void {
  terminal.say(`${result.device.boardId}: ${bytes(result.bytes)} in slot ${result.slot}, read back and compared`);
  terminal.say(`  digest ${result.digest}`);
  terminal.say(`  self-test passed: ${result.goldenVectors} golden vectors; confirmed as number ${result.sequence}`);
  terminal.say(`  the board ${signatureNote(result.device)}`);
  terminal.say(
    `  ${duration(result.totalMs / 1000)}, ${count(result.bytesPerSecond)} bytes/s while writing, ${result.resends} resends`,
  );
  terminal.result({ ...result, port, signedBy });
}

const NOT_OURS: ReadonlySet<string> = new Set(['transport.timeout', 'protocol.unexpected-reply']);

/**
 * Says what became of many devices. Of all the ports of a computer, those with something else behind them are nobody's
 * failure.
 * @throws TransportError `transport.not-found` if no device answered; CancelledError
 */
export function printFleet(
  terminal: Terminal,
  outcomes: readonly FleetOutcome[],
  more: Signed & { readonly ignoreStrangers: boolean; readonly signal: AbortSignal },
): void {
  const isNothing = (outcome: FleetOutcome): boolean =>
    more.ignoreStrangers && !outcome.ok && !outcome.opened && NOT_OURS.has(outcome.error.code);
  const devices = outcomes.filter((outcome) => !isNothing(outcome));
  if (devices.length === 0) {
    const message = `No device answers on any of ${count(outcomes.length)} serial ports. Name one with --port.`;
    throw new TransportError('not-found', message, { ports: outcomes.map(({ port }) => port) });
  }
  const failed = devices.filter(({ ok }) => !ok).length;
  for (const line of fleetTable(devices)) terminal.say(...line);
  terminal.say(`${devices.length - failed} of ${devices.length} devices flashed`);
  throwIfCancelled(more.signal);
  terminal.result({
    signedBy: more.signedBy,
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

/** Returns a line per device; what went wrong stands under it, where it has room. */
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
