import type { AvrEmulator } from './avr-chip-data.js';

/** A board as data: what its emulator has to know. Ids, rates and sizes are those of firmware-templates/boards.json. */
export interface Machine<E extends Emulator = Emulator> {
  readonly id: string;
  readonly clockHz: number;
  readonly baudRate: number;
  readonly flashBytes: number;
  /** Where the image lies in flash. */
  readonly loadAddress: number;
  readonly emulator: E;
}

export type Emulator = Rp2040Emulator | AvrEmulator | QemuEmulator;

/** A Raspberry Pi Pico in this process. */
export interface Rp2040Emulator {
  readonly kind: 'rp2040js';
}

/** A machine of QEMU, in a process of its own. */
export interface QemuEmulator {
  readonly kind: 'qemu';
  /** `qemu-system-arm` and the like. */
  readonly program: string;
  /** What `-M` calls the machine. */
  readonly machine: string;
  /** What `-cpu` calls the core. If absent, the machine's own. */
  readonly cpu?: string;
  /** Which of the machine's UARTs is the line (0). */
  readonly uart?: number;
  /** An instruction takes 2^instructionShift ns of simulated time. */
  readonly instructionShift: number;
  /** Rate of the counter that the firmware reads, where QEMU has another than the chip. */
  readonly counterHz?: number;
  /** Memory that keeps what the firmware stores, as flash does on the board: it outlives a power cut. */
  readonly kept: { readonly address: number; readonly bytes: number };
}
