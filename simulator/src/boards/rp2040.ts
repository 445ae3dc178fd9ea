import { FormatError } from '../errors.js';
import { flashFrom } from './flash.js';
import { InProcessMachine, type InProcessBoard } from './in-process-board.js';
import { CLOCK_HZ, Rp2040Chip, boot2Holds } from './rp2040-chip.js';

const FLASH_BYTES = 2 * 1024 * 1024;
const BAUD_RATE = 921_600;
/** Some 20 ms of the host's time. */
const SLICE_CYCLES = 400_000;

export interface Rp2040Options {
  /** The firmware, as `adiabit-rp2040.bin`: written to the start of the flash. */
  readonly image: Uint8Array;
  /** Flash of an earlier board (`readFlash()`); erased when absent. */
  readonly flash?: Uint8Array;
  /** Rate of the line; it has to be the one the firmware sets. */
  readonly baudRate?: number;
  /** Cycles between two looks at the event loop: how late, at most, the host hears of a byte. Some 20 ms of its time by default. */
  readonly sliceCycles?: number;
}

/**
 * Starts a Raspberry Pi Pico with the given firmware.
 * @throws FormatError when the image has no boot block that a boot ROM would accept, or does not fit the flash, or `flash`
 * is none of this board.
 */
export function startRp2040(options: Rp2040Options): InProcessBoard {
  const { image, flash, baudRate = BAUD_RATE, sliceCycles = SLICE_CYCLES } = options;
  if (!boot2Holds(image)) {
    throw new FormatError(
      'crc-mismatch',
      'The firmware image does not start with an RP2040 boot block. Build it again.',
      {
        offset: 252,
      },
    );
  }
  const memory = flashFrom(flash, FLASH_BYTES, 'rp2040');
  if (image.length > FLASH_BYTES) {
    throw new FormatError('bad-value', `The firmware image has ${image.length} bytes, the flash ${FLASH_BYTES}.`, {
      need: image.length,
      have: FLASH_BYTES,
    });
  }
  memory.set(image);
  return new InProcessMachine({
    id: 'rp2040',
    baudRate,
    clockHz: CLOCK_HZ,
    sliceCycles,
    flash: memory,
    powerOn: (host) => new Rp2040Chip(host),
  });
}
