import { FormatError } from '../errors.js';
import { flashFrom } from './flash.js';
import { InProcessMachine, type InProcessBoard, type InProcessStart } from './in-process-board.js';
import type { Machine, Rp2040Emulator } from './machine.js';
import { FLASH_ID_BYTES } from './rp2040-flash-commands.js';
import { CLOCK_HZ, Rp2040Chip, boot2Holds } from './rp2040-chip.js';

/** About 20 ms of the host's time. */
const SLICE_CYCLES = 400_000;

/**
 * Starts a board with an RP2040; its core always runs at the 125 MHz that the firmware sets.
 *
 * @param image the firmware, written to the start of the flash
 * @throws FormatError when the image has no boot block that a boot ROM would accept, or does not fit the flash, or `flash`
 * is none of this board.
 */
export function startRp2040(
  { id, baudRate, flashBytes }: Machine<Rp2040Emulator>,
  {
    image,
    flash,
    chipId = new Uint8Array(FLASH_ID_BYTES),
    analog,
    connector = 'uart',
    sliceCycles = SLICE_CYCLES,
  }: InProcessStart,
): InProcessBoard {
  if (!boot2Holds(image)) {
    throw new FormatError(
      'crc-mismatch',
      'The firmware image does not start with an RP2040 boot block. Build it again.',
      {
        offset: 252,
      },
    );
  }
  const memory = flashFrom(flash, flashBytes, id);
  if (image.length > flashBytes) {
    throw new FormatError('bad-value', `The firmware image has ${image.length} bytes, the flash ${flashBytes}.`, {
      need: image.length,
      have: flashBytes,
    });
  }
  memory.set(image);
  return new InProcessMachine({
    id,
    baudRate,
    clockHz: CLOCK_HZ,
    sliceCycles,
    flash: memory,
    powerOn: (host) => new Rp2040Chip(host, chipId, { connector, ...(analog && { analog }) }),
  });
}
