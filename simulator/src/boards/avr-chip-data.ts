import type { UsartVectors } from './avr-usart.js';

/** The data of an ATmega. Sections are those of the ATmega328P and ATmega2560 data sheets. */
export interface AvrEmulator {
  readonly kind: 'avr8js';
  /** The bytes of RAM and of the extended registers below it, which the emulator counts as RAM. */
  readonly dataBytes: number;
  readonly pageBytes: number;
  /** The start of the boot section, as the board's fuses set it. */
  readonly bootAddress: number;
  /** The start of the part of flash that can run while the rest is programmed (26.1, 29.1). */
  readonly alwaysReadableAddress: number;
  /** Word addresses of the interrupt vectors (11.1, 14.1). */
  readonly vectors: UsartVectors & { readonly timer1Overflow: number };
}

export interface AvrChipData extends Omit<AvrEmulator, 'kind'> {
  readonly flashBytes: number;
}
