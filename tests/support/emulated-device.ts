import { readFileSync } from 'node:fs';
import { isInQemu, stackHighWater, startBoard, type EmulatedBoard } from '@adiabit/simulator/boards';
import { openDevice, VirtualPorts, type DeviceSession } from '@adiabit/sdk/device';
import type { Board } from '../../sdk/src/boards/catalogue.js';
import { machineOf } from '../../sdk/src/boards/images.js';
import { imageEntry } from '../../sdk/src/boards/manifest.js';
import { imageOfBoard } from './board-files.js';

/** An emulated board with its prebuilt image, new from the factory, and a session with it. */
export interface EmulatedDevice {
  readonly session: DeviceSession;
  readonly board: EmulatedBoard;
  /** The most that the stack has held since the last reset, in bytes. */
  readonly stackUsed: () => Promise<number>;
}

/** What the emulator of a board needs beside Node. */
export const toolsOf = ({ emulator }: Board): readonly string[] =>
  emulator?.kind === 'qemu' ? [emulator.program] : [];

export async function withEmulatedDevice<T>(entry: Board, work: (device: EmulatedDevice) => Promise<T>): Promise<T> {
  const { id } = entry;
  const { stackAddress: address, stackBytes: length } = imageEntry(entry)!;
  const image = readFileSync(imageOfBoard(entry));
  const machine = machineOf(entry);
  // RAM of boards in this process is painted by itself.
  const board = await startBoard(machine, isInQemu(machine) ? { image, paint: { address, length } } : { image });
  const path = `virtual:${id}`;
  const port = { path, boardId: id, name: id, start: () => Promise.resolve(board) };
  const session = await openDevice(path, { virtualPorts: new VirtualPorts([port]) });
  const stackUsed = async () => stackHighWater(await board.readRam(address, length));
  return work({ session, board, stackUsed }).finally(() => session.close());
}
