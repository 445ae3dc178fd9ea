import { AVRUSART, usart0Config, type CPU } from 'avr8js';

const { UCSRA, UCSRB } = usart0Config;
const RXC = 0x80;
const TXC = 0x40;
const UDRE = 0x20;
/** Frame error, data overrun, parity error. */
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
 * USART 0 with its flags as the data sheet has them (the ATmega328P's "USART0"): the emulator's own lets writes to control
 * registers clear flags that only data move, and serves "data register empty" once.
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

  /** Serving it does not clear "data register empty"; only a byte to send does. */
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
      // Of the flags, only "transmit complete" can be cleared, by a one.
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
      // Only switching the receiver off drops what it holds.
      const waits = (cpu.data[UCSRA] & RXC) !== 0;
      writeControlB(value, before, address, mask);
      if ((value & RXEN) === 0) cpu.clearInterrupt(interrupt);
      else if (waits) cpu.setInterruptFlag(interrupt);
      return true;
    };
  }
}
