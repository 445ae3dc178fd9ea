import type { UsartVectors } from './avr-usart.js';

/** What tells one ATmega from another. Sections are those of the ATmega328P and ATmega2560 data sheets. */
export interface AvrEmulator {
  readonly kind: 'avr8js';
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

export interface AvrChipData extends Omit<AvrEmulator, 'kind'> {
  readonly flashBytes: number;
}
