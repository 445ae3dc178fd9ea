import { dirname } from 'node:path';
import { openAtKnownRate, openDevice, type DeviceSession } from '../device/index.js';
import { makeFolder } from '../files.js';

/** A device that is open. Closing it closes its port, or takes the power from an emulated board. */
export interface OpenBoard {
  readonly session: DeviceSession;
  close(): Promise<void>;
}

/** Opens a device for a workflow, which closes it. */
export type BoardOpener = (signal: AbortSignal | undefined) => Promise<OpenBoard>;

/** Where a device is. */
export interface BoardPlace {
  /** A serial port such as `/dev/ttyACM0` or `COM3`, or `virtual:rp2040` for an emulated board. */
  readonly port: string;
  /** Bits per second of a real port; if absent, the known rates are tried in turn. */
  readonly baudRate?: number | undefined;
  /** Keeps the flash of an emulated board from one opening to the next; if absent, it is new from the factory. */
  readonly flashFile?: string | undefined;
}

/**
 * Opens the device at a place.
 * @throws TransportError, ProtocolError as `openDevice` does.
 */
export async function openBoard(
  { port, baudRate, flashFile }: BoardPlace,
  signal?: AbortSignal,
): Promise<DeviceSession> {
  const stop = signal === undefined ? {} : { signal };
  if (!isVirtual(port)) {
    return (await openAtKnownRate(port, { ...stop, ...(baudRate === undefined ? {} : { baudRate }) })).session;
  }
  if (flashFile === undefined) return openDevice(port, stop);
  await makeFolder(dirname(flashFile));
  return openDevice(port, { ...stop, flashFile });
}

/** Makes an opener of the device at a place. */
export const boardAt =
  (place: BoardPlace): BoardOpener =>
  async (signal) => {
    const session = await openBoard(place, signal);
    return { session, close: () => session.close() };
  };

export const isVirtual = (port: string): boolean => port.startsWith('virtual:');
