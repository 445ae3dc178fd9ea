import intelHex from 'nrf-intel-hex';
import { FormatError } from '../errors.js';
import { flashFrom } from './flash.js';
import { AvrChip } from './avr-chip.js';
import { ATMEGA2560, ATMEGA328P } from './avr-chip-data.js';
import { InProcessMachine, type InProcessBoard } from './in-process-board.js';

const CLOCK_HZ = 16_000_000;
const BAUD_RATE = 115_200;
/** Some 20 ms of the host's time. */
const SLICE_CYCLES = 200_000;

const CHIPS = { uno: ATMEGA328P, mega: ATMEGA2560 } as const;

export type AvrBoardId = keyof typeof CHIPS;

export interface AvrOptions {
  readonly board: AvrBoardId;
  /** The firmware, as `adiabit-uno.hex`: program and boot section, in Intel HEX. */
  readonly image: Uint8Array;
  /** Flash of an earlier board (`readFlash()`); erased when absent. */
  readonly flash?: Uint8Array;
  /** Cycles between two looks at the event loop: how late, at most, the host hears of a byte. Some 20 ms of its time by default. */
  readonly sliceCycles?: number;
}

/** The typings say that the class is the property `default`; in the module it is the module itself. */
const MemoryMap = intelHex as unknown as typeof intelHex.default;

/**
 * Starts an Arduino with the given firmware.
 * @throws FormatError when the image is no Intel HEX file or does not fit the flash, or `flash` is none of this board.
 */
export function startAvrBoard({ board, image, flash, sliceCycles = SLICE_CYCLES }: AvrOptions): InProcessBoard {
  const chip = CHIPS[board];
  const memory = flashFrom(flash, chip.flashBytes, board);
  for (const [address, bytes] of readHex(image)) {
    const need = address + bytes.length;
    if (need > chip.flashBytes) {
      throw new FormatError('bad-value', `The firmware image reaches ${need} bytes, the flash ${chip.flashBytes}.`, {
        need,
        have: chip.flashBytes,
      });
    }
    memory.set(bytes, address);
  }
  return new InProcessMachine({
    id: board,
    baudRate: BAUD_RATE,
    clockHz: CLOCK_HZ,
    sliceCycles,
    flash: memory,
    powerOn: (host, cause) => new AvrChip(chip, CLOCK_HZ, host, cause),
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
