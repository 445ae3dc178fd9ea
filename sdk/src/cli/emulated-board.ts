import { freshVirtualPorts, openDevice, VIRTUAL_PREFIX, type DeviceSession } from '../device/index.js';

/** Boards that have an emulator. @throws BoardError as `readBoards` does */
export const emulatedBoards = (folder?: string): readonly string[] =>
  freshVirtualPorts(folder)
    .list()
    .map(({ boardId }) => boardId);

/**
 * Starts the firmware of a board in its emulator, new from the factory; closing the session takes its power away for good.
 *
 * @param boards folder of more boards than come with Adiabit
 * @throws TransportError `transport.not-found` for a board without an emulator; AdiabitError `board.emulator-failed` when QEMU
 * does not start
 */
export const startFreshBoard = (board: string, signal: AbortSignal, boards?: string): Promise<DeviceSession> =>
  openDevice(`${VIRTUAL_PREFIX}${board}`, { virtualPorts: freshVirtualPorts(boards), signal });
