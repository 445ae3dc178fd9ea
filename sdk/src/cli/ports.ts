import { realpath } from 'node:fs/promises';
import { listPorts, TransportError } from '../device/index.js';

/** Lists the serial ports of this computer. @throws TransportError `transport.not-found` when there is none. */
export async function serialPorts(): Promise<readonly string[]> {
  const { ports, problem } = await listPorts();
  const serial = ports.filter(({ kind }) => kind === 'serial').map(({ path }) => path);
  if (serial.length > 0) return serial;
  throw new TransportError('not-found', `${problem ?? 'This computer has no serial port.'} Name ports with --port.`);
}

/** Finds a port that two of the names lead to. */
export async function sameTwice(ports: readonly string[]): Promise<string | undefined> {
  const real = await Promise.all(ports.map((port) => realpath(port).catch(() => port)));
  return ports.find((_, index) => real.indexOf(real[index]) < index);
}
