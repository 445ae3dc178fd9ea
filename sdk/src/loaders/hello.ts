import { AdiabitError, CancelledError } from '@adiabit/simulator/errors';
import type { Board } from '../boards/index.js';
import { sleep } from '../device/clock.js';
import {
  openDevice,
  systemClock,
  throwIfCancelled,
  type DeviceDescription,
  type DeviceSession,
} from '../device/index.js';
import { LoaderError } from './errors.js';
import type { LoaderOptions } from './progress.js';

const HELLO_TIMEOUT_MS = 15_000;
const BETWEEN_MS = 250;

export interface HelloOptions extends Pick<LoaderOptions, 'signal' | 'clock'> {
  /** How long the board may take to start, and its port to appear. If absent, 15 s. */
  readonly timeoutMs?: number | undefined;
  /** Opens the device. If absent, `openDevice`. */
  readonly open?: (signal: AbortSignal | undefined) => Promise<DeviceSession>;
}

/**
 * Waits until the firmware that was written says hello.
 * @throws LoaderError `loader.no-hello` if nothing does in time, `loader.wrong-chip` if another board does; CancelledError
 */
export async function awaitHello(board: Board, port: string, options: HelloOptions = {}): Promise<DeviceDescription> {
  const { signal, clock = systemClock, timeoutMs = HELLO_TIMEOUT_MS } = options;
  const open =
    options.open ??
    ((stop) => openDevice(port, { baudRate: board.baudRate, ...(stop === undefined ? {} : { signal: stop }) }));
  const deadlineMs = clock.now() + timeoutMs;
  for (;;) {
    throwIfCancelled(signal);
    try {
      const session = await open(signal);
      const { device } = session;
      await session.close();
      if (device.boardId === board.id) return device;
      const message = `On ${port} a board ${device.boardId} says hello, not ${board.id}. Name the port of the board that was written.`;
      throw new LoaderError('wrong-chip', message, { port, boardId: device.boardId });
    } catch (error) {
      const mayPass = error instanceof AdiabitError && /^(transport|protocol)\./.test(error.code);
      if (!mayPass || error instanceof CancelledError) throw error;
      if (clock.now() >= deadlineMs) throw noHello(board, port, error);
    }
    await sleep(clock, BETWEEN_MS);
  }
}

function noHello(board: Board, port: string, cause: AdiabitError): LoaderError {
  const message =
    `The firmware was written, but no ${board.id} says hello on ${port}: ${cause.message} ` +
    `The line of this board is: ${board.serial}. A board whose boot loader was chosen by a pin starts once that is back and reset is pressed.`;
  return new LoaderError('no-hello', message, { port, reason: cause.code }, cause);
}
