import { FormatError } from '../errors.js';
import type { EmulatedBoard } from './board.js';
import { CLOCK_HZ, Rp2040Chip, boot2Holds } from './rp2040-chip.js';
import { SerialLine } from './serial-line.js';

const FLASH_BYTES = 2 * 1024 * 1024;
const BAUD_RATE = 921_600;
const BITS_PER_BYTE = 10;
/** Cycles between two looks at the event loop: some 20 ms. A count, not a time, so that nothing depends on the host. */
const SLICE_CYCLES = 400_000;

export interface Rp2040Options {
  /** The firmware, as `adiabit-rp2040.bin`: written to the start of the flash. */
  readonly image: Uint8Array;
  /** Flash of an earlier board (`readFlash()`); erased when absent. */
  readonly flash?: Uint8Array;
  /** Rate of the line; it has to be the one the firmware sets. */
  readonly baudRate?: number;
}

/** A Raspberry Pi Pico running its real firmware in this process. */
export interface Rp2040Board extends EmulatedBoard {
  /** What the firmware did that would stop real hardware; undefined while all is well. */
  readonly fault: string | undefined;
}

class EmulatedRp2040 implements Rp2040Board {
  readonly id = 'rp2040';
  readonly baudRate: number;
  readonly clockHz = CLOCK_HZ;
  fault: string | undefined;
  readonly #flash: Uint8Array;
  readonly #line: SerialLine;
  readonly #listeners = new Set<(bytes: Uint8Array) => void>();
  #chip: Rp2040Chip;
  /** Cycles of the lives before this one. */
  #earlierCycles = 0;
  #resetWanted = false;
  #scheduled: NodeJS.Immediate | undefined;
  #closed = false;

  constructor(flash: Uint8Array, baudRate: number) {
    this.baudRate = baudRate;
    this.#flash = flash;
    this.#line = new SerialLine(
      Math.round((CLOCK_HZ * BITS_PER_BYTE) / baudRate),
      // The line lives in the time of the chip that hangs on it now; a new chip starts with an empty transmitter.
      () => this.#chip.cycles,
      { ready: () => this.#chip.receiverReady, take: (byte) => this.#chip.receive(byte) },
    );
    this.#chip = this.#powerOn();
    this.#schedule();
  }

  get cycles(): number {
    return this.#earlierCycles + this.#chip.cycles;
  }

  write(bytes: Uint8Array): void {
    if (this.#closed) return;
    this.#line.write(bytes);
    this.#schedule();
  }

  onData(listener: (bytes: Uint8Array) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  powerCycle(): void {
    if (this.#closed) return;
    this.#line.cutReceiver();
    this.#restart();
    this.#schedule();
  }

  readFlash(): Uint8Array {
    return this.#flash.slice();
  }

  close(): void {
    this.#closed = true;
    this.#chip.stop();
    this.#listeners.clear();
    if (this.#scheduled) clearImmediate(this.#scheduled);
    this.#scheduled = undefined;
  }

  #powerOn(): Rp2040Chip {
    return new Rp2040Chip({
      flash: this.#flash,
      line: this.#line,
      onReset: () => (this.#resetWanted = true),
      onFault: (what) => (this.fault ??= what),
    });
  }

  #restart(): void {
    this.#resetWanted = false;
    this.#chip.stop();
    this.#earlierCycles += this.#chip.cycles;
    this.#chip = this.#powerOn();
    this.#line.restartTime();
  }

  #schedule(): void {
    if (this.#closed) return;
    this.#scheduled ??= setImmediate(() => {
      this.#scheduled = undefined;
      this.#slice();
    });
  }

  /** Runs for a while. Simulated time stands still while the core sleeps and the line is quiet. */
  #slice(): void {
    const awake = this.#chip.run(this.#chip.cycles + SLICE_CYCLES);
    if (this.#resetWanted) this.#restart();
    const delivered = this.#line.takeDelivered();
    if (awake || this.#line.transmitting || this.#chip.cycles === 0) this.#schedule();
    if (delivered.length > 0) for (const listener of [...this.#listeners]) listener(delivered);
  }
}

/**
 * Starts a Raspberry Pi Pico with the given firmware.
 * @throws FormatError when the image has no boot block that a boot ROM would accept, or does not fit the flash.
 */
export function startRp2040(options: Rp2040Options): Rp2040Board {
  const { image, flash, baudRate = BAUD_RATE } = options;
  if (!boot2Holds(image)) {
    throw new FormatError(
      'crc-mismatch',
      'The firmware image does not start with an RP2040 boot block. Build it again.',
      {
        offset: 252,
      },
    );
  }
  const memory = new Uint8Array(FLASH_BYTES).fill(0xff);
  if (flash) memory.set(flash.subarray(0, FLASH_BYTES));
  if (image.length > FLASH_BYTES) {
    throw new FormatError('bad-value', `The firmware image has ${image.length} bytes, the flash ${FLASH_BYTES}.`, {
      need: image.length,
      have: FLASH_BYTES,
    });
  }
  memory.set(image);
  return new EmulatedRp2040(memory, baudRate);
}
