import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { QemuBoardId } from '@adiabit/simulator/boards';
import { openDevice, TransportError, virtualPorts, type DeviceSession } from '../device/index.js';

const require = createRequire(import.meta.url);
// Not the emulator's own list: it would be loaded with every command.
const QEMU_BOARDS: readonly QemuBoardId[] = ['microbit', 'stm32f405', 'hifive1'];
const isInQemu = (board: string): board is QemuBoardId => (QEMU_BOARDS as readonly string[]).includes(board);

/** An emulated board, new from the factory; closing it takes its power away for good. */
export interface FreshBoard {
  readonly session: DeviceSession;
  close(): Promise<void>;
}

/** Boards that `startFreshBoard` knows. */
export const emulatedBoards = (): readonly string[] => [
  ...virtualPorts.list().map(({ boardId }) => boardId),
  ...QEMU_BOARDS,
];

/**
 * Starts the prebuilt firmware of a board in its emulator: in this process, or in QEMU.
 * @throws TransportError `transport.not-found` for a board without one; AdiabitError `board.emulator-failed` when QEMU
 * does not start.
 */
export async function startFreshBoard(board: string, signal: AbortSignal): Promise<FreshBoard> {
  if (isInQemu(board)) {
    const { startQemuBoard } = await import('@adiabit/simulator/boards');
    const image = await readFile(require.resolve(`@adiabit/firmware-templates/images/adiabit-${board}.bin`));
    const qemu = await startQemuBoard({ board, image });
    try {
      const session = await openDevice(qemu.path, { signal });
      return { session, close: () => session.close().finally(() => qemu.close()) };
    } catch (error) {
      await qemu.close();
      throw error;
    }
  }
  const port = virtualPorts.list().find(({ boardId }) => boardId === board);
  if (!port) {
    const known = emulatedBoards();
    throw new TransportError('not-found', `There is no emulated board "${board}". These exist: ${known.join(', ')}.`, {
      board,
      known,
    });
  }
  const session = await openDevice(port.path, { signal });
  return { session, close: () => session.close() };
}
