import { dirname } from 'node:path';
import { freshVirtualPorts, openAtKnownRate, openDevice, VIRTUAL_PREFIX, type DeviceSession } from '../device/index.js';
import { makeFolder } from '../files.js';

/** A device that is open. Closing it closes its port, or takes the power from an emulated board. */
export interface OpenBoard {
  readonly session: DeviceSession;
  close(): Promise<void>;
}

/** Opens a device for a workflow, which closes it. */
export type BoardOpener = (signal: AbortSignal | undefined) => Promise<OpenBoard>;

/** The place of a device. */
export interface BoardPlace {
  /** A serial port such as `/dev/ttyACM0` or `COM3`, or `virtual:ID` for an emulated board. */
  readonly port: string;
  /** Bits per second of a real port. If absent, the known rates are tried in turn. */
  readonly baudRate?: number | undefined;
  /** A folder of more boards than come with Adiabit. */
  readonly boards?: string | undefined;
  /** Keeps the flash of an emulated board from one opening to the next. If absent, it is new from the factory. */
  readonly flashFile?: string | undefined;
}

/**
 * Opens the device at a place.
 * @throws TransportError, ProtocolError as `openDevice` does; BoardError as `readBoards` does.
 */
export async function openBoard(
  { port, baudRate, boards, flashFile }: BoardPlace,
  signal?: AbortSignal,
): Promise<DeviceSession> {
  const access = { ...(signal === undefined ? {} : { signal }), ...(boards === undefined ? {} : { boards }) };
  if (!isVirtual(port)) {
    return (await openAtKnownRate(port, { ...access, ...(baudRate === undefined ? {} : { baudRate }) })).session;
  }
  if (flashFile === undefined) return openDevice(port, access);
  await makeFolder(dirname(flashFile));
  return openDevice(port, { ...access, flashFile });
}

/** Makes an opener of the device at a place. */
export const boardAt =
  (place: BoardPlace): BoardOpener =>
  async (signal) => {
    const session = await openBoard(place, signal);
    return { session, close: () => session.close() };
  };

/** Makes an opener of an emulated board that is new from the factory; closing it takes its power away for good. */
export const freshBoardAt =
  (board: string, boards?: string): BoardOpener =>
  async (signal) => {
    const virtualPorts = freshVirtualPorts(boards);
    const stop = signal === undefined ? {} : { signal };
    const session = await openDevice(`${VIRTUAL_PREFIX}${board}`, { virtualPorts, ...stop });
    return { session, close: () => session.close() };
  };

export const isVirtual = (port: string): boolean => port.startsWith(VIRTUAL_PREFIX);
