import { realpath } from 'node:fs/promises';
import { listPorts, TransportError } from '../device/index.js';
import type { BoardAccess } from './board-place.js';

export interface FlashFlags extends BoardAccess {
  readonly config?: string;
  readonly port: readonly string[];
  readonly all?: boolean;
  readonly slot?: number;
  readonly requireSignature?: string;
  readonly json?: boolean;
}

/** Lists the serial ports of this computer. @throws TransportError `transport.not-found` when there is none. */
export async function serialPorts(): Promise<readonly string[]> {
  const { ports, problem } = await listPorts();
  const serial = ports.filter(({ kind }) => kind === 'serial').map(({ path }) => path);
  if (serial.length > 0) return serial;
  throw new TransportError('not-found', `${problem ?? 'This computer has no serial port.'} Name ports with --port.`);
}

/** Collects what an option that may be given more than once names. */
export const collect = (path: string, paths: readonly string[]): readonly string[] => [...paths, path];

/** Says what is wrong with the ports that were named; undefined if nothing is. @param all whether all of this computer are asked for */
export async function whyNotThere(named: readonly string[], all: boolean): Promise<string | undefined> {
  if (all ? named.length > 0 : named.length === 0) return 'say where to: --port PATH, once or more, or --all';
  const twice = await sameTwice(named);
  return twice && `${twice} is named twice`;
}

/** Finds a port that two of the names lead to. */
async function sameTwice(ports: readonly string[]): Promise<string | undefined> {
  const real = await Promise.all(ports.map((port) => realpath(port).catch(() => port)));
  return ports.find((_, index) => real.indexOf(real[index]) < index);
}
