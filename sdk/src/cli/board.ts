import { homedir } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from '../files.js';
import { openAtKnownRate, openDevice, type DeviceDescription, type DeviceSession } from '../device/index.js';

/**
 * Opens the device behind a port. An emulated board keeps its flash between commands, as a real one does, in a file of
 * the user (in ADIABIT_HOME, or .adiabit in the home folder).
 * @throws TransportError, ProtocolError as `openDevice` does.
 */
export async function openBoard(
  port: string,
  baudRate: number | undefined,
  signal: AbortSignal,
): Promise<DeviceSession> {
  if (!port.startsWith('virtual:')) {
    return (await openAtKnownRate(port, { signal, ...(baudRate === undefined ? {} : { baudRate }) })).session;
  }
  const folder = join(process.env['ADIABIT_HOME'] ?? join(homedir(), '.adiabit'), 'boards');
  await makeFolder(folder);
  return openDevice(port, { flashFile: join(folder, `${port.slice('virtual:'.length)}.flash`), signal });
}

/** What a board does about signatures, said in the same words by every command. */
export const signatureNote = ({ checksSignatures }: DeviceDescription): string =>
  checksSignatures ? 'runs only what its key has signed' : 'checks no signatures';
