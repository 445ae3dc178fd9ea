import { homedir } from 'node:os';
import { join } from 'node:path';
import { Option } from 'commander';
import { makeFolder } from '../files.js';
import {
  openAtKnownRate,
  openDevice,
  VIRTUAL_PREFIX,
  type DeviceDescription,
  type DeviceSession,
} from '../device/index.js';

/** Where boards of the user's own are described, for every command that takes a board. */
export const boardsOption = (): Option =>
  new Option('--boards <dir>', 'a folder of more boards: boards.json, ports and images, as new-board makes it');

/** What tells a command how to reach a board. */
export interface BoardAccess {
  readonly baud?: number;
  readonly boards?: string;
}

/**
 * Opens the device behind a port. An emulated board keeps its flash between commands, as a real one does, in a file of
 * the user (in ADIABIT_HOME, or .adiabit in the home folder).
 * @throws TransportError, ProtocolError as `openDevice` does; BoardError as `readBoards` does
 */
export async function openBoard(
  port: string,
  { baud, boards }: BoardAccess,
  signal: AbortSignal,
): Promise<DeviceSession> {
  const options = { signal, ...(boards === undefined ? {} : { boards }) };
  if (!port.startsWith(VIRTUAL_PREFIX)) {
    return (await openAtKnownRate(port, { ...options, ...(baud === undefined ? {} : { baudRate: baud }) })).session;
  }
  const folder = join(process.env['ADIABIT_HOME'] ?? join(homedir(), '.adiabit'), 'boards');
  await makeFolder(folder);
  return openDevice(port, { ...options, flashFile: join(folder, `${port.slice(VIRTUAL_PREFIX.length)}.flash`) });
}

/** What a board does about signatures, said in the same words by every command. */
export const signatureNote = ({ checksSignatures }: DeviceDescription): string =>
  checksSignatures ? 'runs only what its key has signed' : 'checks no signatures';
