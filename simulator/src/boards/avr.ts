import intelHex from 'nrf-intel-hex';
import { FormatError } from '../errors.js';
import { flashFrom } from './flash.js';
import { AvrChip } from './avr-chip.js';
import type { AvrEmulator } from './avr-chip-data.js';
import { InProcessMachine, type InProcessBoard, type InProcessStart } from './in-process-board.js';
import type { Machine } from './machine.js';

/** About 20 ms of the host's time. */
const SLICE_CYCLES = 200_000;

/** The typings declare the class as the property `default`. At run time the module itself is the class. */
const MemoryMap = intelHex as unknown as typeof intelHex.default;

/**
 * Starts a board with an ATmega.
 *
 * @param image the firmware, program and boot section, in Intel HEX
 * @throws FormatError when the image is no Intel HEX file or does not fit the flash, or `flash` is none of this board.
 */
export function startAvrBoard(
  { id, clockHz, baudRate, flashBytes, emulator }: Machine<AvrEmulator>,
  { image, flash, sliceCycles = SLICE_CYCLES }: InProcessStart,
): InProcessBoard {
  const chip = { ...emulator, flashBytes };
  const memory = flashFrom(flash, flashBytes, id);
  for (const [address, bytes] of readHex(image)) {
    const need = address + bytes.length;
    if (need > flashBytes) {
      throw new FormatError('bad-value', `The firmware image reaches ${need} bytes, the flash ${flashBytes}.`, {
        need,
        have: flashBytes,
      });
    }
    memory.set(bytes, address);
  }
  return new InProcessMachine({
    id,
    baudRate,
    clockHz,
    sliceCycles,
    flash: memory,
    powerOn: (host, cause) => new AvrChip(chip, clockHz, host, cause),
  });
}

function readHex(image: Uint8Array): ReadonlyMap<number, Uint8Array> {
  try {
    return MemoryMap.fromHex(new TextDecoder().decode(image));
  } catch (error) {
    throw new FormatError(
      'bad-value',
      `The firmware image is no Intel HEX file: ${(error as Error).message}`,
      {},
      error,
    );
  }
}
