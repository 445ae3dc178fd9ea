import { AdiabitError } from '@adiabit/simulator/errors';
import { readyBoards } from '../boards/index.js';
import { emulatedBinding } from './emulated-binding.js';
import { openSerialTransport } from './serial-transport.js';
import { DeviceSession, type SessionOptions } from './session.js';
import type { Transport } from './transport.js';
import { VIRTUAL_PREFIX, virtualPortsOf, type VirtualPorts } from './virtual-ports.js';

export const DEFAULT_BAUD_RATE = 115_200;

export interface PortOptions {
  /** Bits per second. If absent, DEFAULT_BAUD_RATE; ports over USB and virtual ones do not care. */
  readonly baudRate?: number;
  /** File that keeps the flash of a virtual port. */
  readonly flashFile?: string;
  /** The virtual ports to choose from. If absent, those of this process. */
  readonly virtualPorts?: VirtualPorts;
  /** Folder of more boards than come with Adiabit. */
  readonly boards?: string;
  /** Puts something between the port and the session: what watches the line, or cuts it. */
  readonly wrap?: (transport: Transport) => Transport;
}

/**
 * Opens a port by its path: `/dev/ttyACM0`, `COM3`, `/dev/pts/4`, or `virtual:` and the id of an emulated board.
 * @throws TransportError as `openSerialTransport` does; BoardError as `readBoards` does.
 */
export async function openPort(path: string, options: PortOptions = {}): Promise<Transport> {
  const transport = await openLine(path, options);
  return options.wrap?.(transport) ?? transport;
}

async function openLine(path: string, options: PortOptions): Promise<Transport> {
  const baudRate = options.baudRate ?? DEFAULT_BAUD_RATE;
  if (path.startsWith(VIRTUAL_PREFIX)) {
    const ports = options.virtualPorts ?? virtualPortsOf(options.boards);
    const binding = emulatedBinding(ports.source(path, options.flashFile));
    return openSerialTransport({ path, baudRate, binding, patience: ports.patience(path) });
  }
  const { SerialPort } = await import('serialport');
  return openSerialTransport({ path, baudRate, binding: SerialPort.binding });
}

/**
 * Opens a port and says hello to the device behind it. Closing the session closes the port.
 * @throws TransportError, ProtocolError as `openPort` and `DeviceSession.open` do; the port is closed then.
 */
export async function openDevice(path: string, options: PortOptions & SessionOptions = {}): Promise<DeviceSession> {
  const transport = await openPort(path, options);
  try {
    return await DeviceSession.open(transport, options);
  } catch (error) {
    await transport.close();
    throw error;
  }
}

/** Rates of the boards, fastest first. @throws BoardError as `readBoards` does */
export const knownBaudRates = (folder?: string): readonly number[] =>
  [...new Set(readyBoards(folder).map(({ baudRate }) => baudRate))].sort((a, b) => b - a);

/**
 * Opens a device at the rate given, or at the first of the known rates at which one answers: a serial adapter does not
 * say what hangs on it.
 * @throws TransportError, ProtocolError as `openDevice` does, for the last rate tried.
 */
export async function openAtKnownRate(
  path: string,
  options: PortOptions & SessionOptions = {},
): Promise<{ session: DeviceSession; baudRate: number }> {
  const rates = options.baudRate === undefined ? knownBaudRates(options.boards) : [options.baudRate];
  for (const baudRate of rates.slice(0, -1)) {
    try {
      return { session: await openDevice(path, { ...options, baudRate }), baudRate };
    } catch (error) {
      const silent = error instanceof AdiabitError && SILENT_CODES.has(error.code);
      if (!silent) throw error;
    }
  }
  const baudRate = rates[rates.length - 1];
  return { session: await openDevice(path, { ...options, baudRate }), baudRate };
}

/** What a device at another rate looks like. */
const SILENT_CODES: ReadonlySet<string> = new Set(['transport.timeout', 'protocol.unexpected-reply']);
