import { emulatedBinding } from './emulated-binding.js';
import { openSerialTransport } from './serial-transport.js';
import { DeviceSession, type SessionOptions } from './session.js';
import type { Transport } from './transport.js';
import { VIRTUAL_PATIENCE, VIRTUAL_PREFIX, virtualPorts, type VirtualPorts } from './virtual-ports.js';

export const DEFAULT_BAUD_RATE = 115_200;

export interface PortOptions {
  /** Bits per second, DEFAULT_BAUD_RATE when absent; ports over USB and virtual ones do not care. */
  readonly baudRate?: number;
  /** File that keeps the flash of a virtual port. */
  readonly flashFile?: string;
  /** Where virtual ports come from; those of this process when absent. */
  readonly virtualPorts?: VirtualPorts;
}

/**
 * Opens a port by its path: `/dev/ttyACM0`, `COM3`, `/dev/pts/4`, or `virtual:rp2040` for an emulated board.
 * @throws TransportError as `openSerialTransport` does.
 */
export async function openPort(path: string, options: PortOptions = {}): Promise<Transport> {
  const baudRate = options.baudRate ?? DEFAULT_BAUD_RATE;
  if (path.startsWith(VIRTUAL_PREFIX)) {
    const source = (options.virtualPorts ?? virtualPorts).source(path, options.flashFile);
    return openSerialTransport({ path, baudRate, binding: emulatedBinding(source), patience: VIRTUAL_PATIENCE });
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
