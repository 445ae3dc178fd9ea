import type { AvrEmulator } from './avr-chip-data.js';

/** A board as data for its emulator. Ids, rates and sizes are those of firmware-templates/boards.json. */
export interface Machine<E extends Emulator = Emulator> {
  readonly id: string;
  readonly clockHz: number;
  readonly baudRate: number;
  readonly flashBytes: number;
  /** The address of the image in flash. */
  readonly loadAddress: number;
  readonly emulator: E;
}

export type Emulator = Rp2040Emulator | AvrEmulator | QemuEmulator;

/** A Raspberry Pi Pico that is emulated in this process. */
export interface Rp2040Emulator {
  readonly kind: 'rp2040js';
}

/** A machine of QEMU in a process of its own. */
export interface QemuEmulator {
  readonly kind: 'qemu';
  /** The program, such as `qemu-system-arm`. */
  readonly program: string;
  /** The machine's name for `-M`. */
  readonly machine: string;
  /** The core's name for `-cpu`. If absent, the machine's own core. */
  readonly cpu?: string;
  /** The index of the machine's UART that is the line (0). */
  readonly uart?: number;
  /** The logarithm of an instruction's time: it takes 2^instructionShift ns of simulated time. */
  readonly instructionShift: number;
  /** The rate of the counter that the firmware reads, if QEMU's differs from the chip's. */
  readonly counterHz?: number;
  /** The memory that survives a power cut, as the flash of the board does. */
  readonly kept: { readonly address: number; readonly bytes: number };
}
