import type { DeviceDescription } from '../device/index.js';
import type { BoardOpener } from './boards.js';
import { throwIfCancelled, type Following } from './observer.js';

/**
 * Sends a signed table of keys to a device, which trusts these keys alone from then on.
 * @param signedTable as `signKeyTable` makes it
 * @returns what the device says of itself afterwards
 * @throws DeviceError if the device refuses the table: its keys stay as they were; CancelledError
 */
export async function rotateKeys(
  signedTable: Uint8Array,
  open: BoardOpener,
  { observer, signal }: Following = {},
): Promise<DeviceDescription> {
  throwIfCancelled(signal);
  observer?.onStage?.('device');
  const board = await open(signal);
  try {
    return await board.session.keys(signedTable, signal);
  } finally {
    await board.close();
  }
}
