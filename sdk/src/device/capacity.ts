import type { Bitstream } from '@adiabit/simulator/bitstream';
import { workBytesOf } from '@adiabit/simulator/network';
import type { DeviceDescription } from '../protocol/replies.js';
import { FlashError } from './errors.js';

/**
 * Checks that a bitstream of `totalBytes` fits the device before anything is written.
 * @throws FlashError `flash.too-large` with the bytes needed and available.
 */
export function checkCapacity(device: DeviceDescription, { network, memory }: Bitstream, totalBytes: number): void {
  const check = (resource: string, what: string, neededBytes: number, availableBytes: number): void => {
    if (neededBytes <= availableBytes) return;
    throw new FlashError(
      'too-large',
      `The circuit needs ${neededBytes} bytes of ${what}, ${device.boardId} has ${availableBytes}. ` +
        'Nothing was written. Compile a smaller model or choose a larger board.',
      { resource, neededBytes, availableBytes, board: device.boardId },
    );
  };
  check('flash', 'flash', totalBytes, device.slotBytes);
  check('ram', 'RAM', workBytesOf(network, memory), device.workBytes);
}
