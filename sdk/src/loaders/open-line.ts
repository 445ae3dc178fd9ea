import type { BindingInterface } from '@serialport/bindings-interface' with { 'resolution-mode': 'require' };
import { openSerialTransport, type Transport } from '../device/index.js';

/** How the line of a boot loader is set. */
export interface LineSettings {
  /** Bits per second. */
  readonly baudRate: number;
  readonly parity?: 'none' | 'even';
}

/**
 * Opens a serial port for a boot loader, which may want a parity bit.
 * @throws TransportError as `openSerialTransport` does
 */
export async function openLine(path: string, { baudRate, parity = 'none' }: LineSettings): Promise<Transport> {
  const { SerialPort } = await import('serialport');
  const system: BindingInterface = SerialPort.binding;
  const binding: BindingInterface = {
    list: () => system.list(),
    open: (options) => system.open({ ...options, parity }),
  };
  return openSerialTransport({ path, baudRate, binding });
}
