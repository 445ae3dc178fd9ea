import { readFileSync } from 'node:fs';
import {
  isInQemu,
  qemuProgram,
  startAvrBoard,
  startQemuBoard,
  startRp2040,
  stackHighWater,
} from '@adiabit/simulator/boards';
import { openDevice, VirtualPorts, type DeviceSession } from '@adiabit/sdk/device';
import { readManifest } from '../../sdk/scripts/build-firmware-images.js';
import { imageOf } from './board-files.js';

/** An emulated board with its prebuilt image, new from the factory, and a session with it. */
export interface EmulatedDevice {
  readonly session: DeviceSession;
  /** The most that the stack has held since the last reset, in bytes. */
  readonly stackUsed: () => Promise<number>;
}

/** What the boards that a test names need beside Node. */
export const toolsOf = (id: string): readonly string[] => (isInQemu(id) ? [qemuProgram(id)] : []);

const startInProcess = (id: string) => {
  const image = readFileSync(imageOf(id));
  return id === 'rp2040' ? startRp2040({ image }) : startAvrBoard({ board: id as 'uno' | 'mega', image });
};

export async function withEmulatedDevice<T>(id: string, work: (device: EmulatedDevice) => Promise<T>): Promise<T> {
  const { stackAddress: address, stackBytes: length } = readManifest().images.find(({ board }) => board === id)!;
  if (isInQemu(id)) {
    const board = await startQemuBoard({ board: id, image: readFileSync(imageOf(id)), paint: { address, length } });
    try {
      const session = await openDevice(board.path);
      const stackUsed = async () => stackHighWater(await board.readRam(address, length));
      return await work({ session, stackUsed }).finally(() => session.close());
    } finally {
      await board.close();
    }
  }
  const board = startInProcess(id);
  const path = `virtual:${id}`;
  const port = { path, boardId: id, name: id, start: () => Promise.resolve(board) };
  const session = await openDevice(path, { virtualPorts: new VirtualPorts([port]) });
  const stackUsed = () => Promise.resolve(stackHighWater(board.readRam(address, length)));
  return work({ session, stackUsed }).finally(() => session.close());
}
