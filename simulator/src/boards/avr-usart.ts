import { AVRUSART, usart0Config, type CPU } from 'avr8js';

const { UCSRA, UCSRB } = usart0Config;
const RXC = 0x80;
const TXC = 0x40;
const UDRE = 0x20;
/** The flags of errors: frame error, data overrun, parity error. */
const ERRORS = 0x1c;
const RXCIE = 0x80;
const RXEN = 0x10;

/** Word addresses of the vectors of USART 0. */
export interface UsartVectors {
  readonly received: number;
  readonly dataRegisterEmpty: number;
  readonly transmitted: number;
}

/**
 * USART 0 with its flags as in the data sheet (the ATmega328P's "USART0"). The emulator's own USART clears flags on
 * writes to control registers, where only data may clear them, and serves "data register empty" only once.
 */
export class Usart {
  readonly #cpu: CPU;
  readonly #usart: AVRUSART;

  constructor(cpu: CPU, vectors: UsartVectors, clockHz: number, onTransmit: (byte: number) => void) {
    this.#cpu = cpu;
    const config = {
      ...usart0Config,
      rxCompleteInterrupt: vectors.received,
      dataRegisterEmptyInterrupt: vectors.dataRegisterEmpty,
      txCompleteInterrupt: vectors.transmitted,
    };
    this.#usart = new AVRUSART(cpu, config, clockHz);
    this.#usart.onByteTransmit = onTransmit;
    this.#keepLevels(vectors.dataRegisterEmpty);
    this.#keepFlags(vectors.received);
  }

  /** Whether the receiver is on and its last byte has been read. */
  get ready(): boolean {
    const { data } = this.#cpu;
    return (data[UCSRB] & RXEN) !== 0 && (data[UCSRA] & RXC) === 0;
  }

  receive(byte: number): void {
    this.#usart.writeByte(byte, true);
  }

  /**
   * Keeps the interrupts that depend on levels. Serving "data register empty" does not clear it; only a byte to send
   * does.
   */
  #keepLevels(dataRegisterEmpty: number): void {
    const cpu = this.#cpu;
    const queue = cpu.queueInterrupt.bind(cpu);
    cpu.queueInterrupt = (interrupt) =>
      queue(interrupt.address === dataRegisterEmpty ? { ...interrupt, constant: true } : interrupt);
  }

  #keepFlags(received: number): void {
    const cpu = this.#cpu;
    const writeControlA = cpu.writeHooks[UCSRA];
    cpu.writeHooks[UCSRA] = (value, before, address, mask) => {
      // Of the flags, only "transmit complete" can be cleared by writing a one.
      const kept = before & (RXC | UDRE | ERRORS | (value & TXC ? 0 : TXC));
      writeControlA(value, before, address, mask);
      cpu.data[UCSRA] |= kept;
      return true;
    };
    const writeControlB = cpu.writeHooks[UCSRB];
    const interrupt = {
      address: received,
      flagRegister: UCSRA,
      flagMask: RXC,
      enableRegister: UCSRB,
      enableMask: RXCIE,
      constant: true,
    };
    cpu.writeHooks[UCSRB] = (value, before, address, mask) => {
      // Only turning the receiver off discards its bytes.
      const waits = (cpu.data[UCSRA] & RXC) !== 0;
      writeControlB(value, before, address, mask);
      if ((value & RXEN) === 0) cpu.clearInterrupt(interrupt);
      else if (waits) cpu.setInterruptFlag(interrupt);
      return true;
    };
  }
}
