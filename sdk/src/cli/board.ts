import { homedir } from 'node:os';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AdiabitError } from '@adiabit/simulator';
import { openDevice, type DeviceSession } from '../device/index.js';

/** Rates of the boards in boards.json, fastest first. */
const KNOWN_BAUD_RATES = [921_600, 115_200];

/**
 * Opens the device behind a port. Without a rate the known ones are tried in turn, since a serial adapter does not say
 * what hangs on it. An emulated board keeps its flash between commands, as a real one does, in a file of the user.
 * @throws TransportError, ProtocolError as `openDevice` does, for the last rate tried.
 */
export async function openBoard(
  port: string,
  baudRate: number | undefined,
  signal: AbortSignal,
): Promise<DeviceSession> {
  if (port.startsWith('virtual:')) {
    const folder = join(process.env['ADIABIT_HOME'] ?? join(homedir(), '.adiabit'), 'boards');
    await mkdir(folder, { recursive: true });
    return openDevice(port, { flashFile: join(folder, `${port.slice('virtual:'.length)}.flash`), signal });
  }
  const rates = baudRate === undefined ? KNOWN_BAUD_RATES : [baudRate];
  for (const rate of rates.slice(0, -1)) {
    try {
      return await openDevice(port, { baudRate: rate, signal });
    } catch (error) {
      const silent =
        error instanceof AdiabitError &&
        (error.code === 'transport.timeout' || error.code === 'protocol.unexpected-reply');
      if (!silent) throw error;
    }
  }
  return openDevice(port, { baudRate: rates[rates.length - 1], signal });
}
