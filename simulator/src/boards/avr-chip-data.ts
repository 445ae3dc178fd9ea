import type { UsartVectors } from './avr-usart.js';

/** What tells one chip from another. Sections are those of the ATmega328P and ATmega2560 data sheets. */
export interface AvrChipData {
  readonly flashBytes: number;
  /** RAM and the extended registers below it that the emulator does not count as registers. */
  readonly dataBytes: number;
  readonly pageBytes: number;
  /** Where the boot section begins as the board's fuses say. */
  readonly bootAddress: number;
  /** Where the part of flash begins that can be run while the rest is programmed (26.1, 29.1). */
  readonly alwaysReadableAddress: number;
  /** Word addresses of the interrupt vectors (11.1, 14.1). */
  readonly vectors: UsartVectors & { readonly timer1Overflow: number };
}

export const ATMEGA328P: AvrChipData = {
  flashBytes: 32 * 1024,
  dataBytes: 2 * 1024,
  pageBytes: 128,
  bootAddress: 0x7e00,
  alwaysReadableAddress: 0x7000,
  vectors: { received: 0x24, dataRegisterEmpty: 0x26, transmitted: 0x28, timer1Overflow: 0x1a },
};

export const ATMEGA2560: AvrChipData = {
  flashBytes: 256 * 1024,
  dataBytes: 8 * 1024 + 0x100,
  pageBytes: 256,
  bootAddress: 0x3e000,
  alwaysReadableAddress: 0x3e000,
  vectors: { received: 0x32, dataRegisterEmpty: 0x34, transmitted: 0x36, timer1Overflow: 0x28 },
};
