import type { IspTarget } from './isp-target.js';

/** What may go wrong at a programmer. */
export interface Stk500Faults {
  /** The chip is not wired to it. */
  readonly isUnwired?: boolean;
  /** For so long after power-on a boot loader answers in its place, which has no name. */
  readonly bootLoaderMs?: number;
  /** Pages after which the power is cut. */
  readonly powerOffAfterPages?: number;
  /** Numbers of page reads in which a bit is wrong. */
  readonly misreads?: (read: number) => boolean;
  /** Answers to a command are replaced by these bytes. */
  readonly answers?: (command: number) => readonly number[] | undefined;
}

const END = 0x20;
const IN_SYNC = 0x14;
const NO_SYNC = 0x15;
const OK = 0x10;
const NAME = [...new TextEncoder().encode('AVR ISP')];

/** How many bytes follow a command before its end. */
const PARAMETER_BYTES: Readonly<Record<number, number | undefined>> = {
  0x30: 0,
  0x31: 0,
  0x41: 1,
  0x42: 20,
  0x45: 5,
  0x50: 0,
  0x51: 0,
  0x55: 2,
  0x56: 4,
  0x74: 3,
  0x75: 0,
};
const PROGRAM_PAGE = 0x64;

/** A programmer that speaks version 1 of the STK500 protocol as a strict state machine, written from AVR061. */
export class Stk500Peer {
  readonly #target: IspTarget;
  readonly #send: (bytes: readonly number[]) => void;
  readonly #faults: Stk500Faults;
  readonly #startedMs = performance.now();
  #command: number[] = [];
  #word = 0;
  #pages = 0;
  #reads = 0;
  #isOn = true;

  constructor(target: IspTarget, send: (bytes: readonly number[]) => void, faults: Stk500Faults = {}) {
    this.#target = target;
    this.#send = send;
    this.#faults = faults;
  }

  receive(bytes: Iterable<number>): void {
    for (const byte of bytes) if (this.#isOn) this.#take(byte);
  }

  #take(byte: number): void {
    this.#command.push(byte);
    const [code, high, low] = this.#command;
    const parameterBytes = code === PROGRAM_PAGE ? this.#pageBytes(high, low) : PARAMETER_BYTES[code];
    if (this.#command.length < (parameterBytes ?? 0) + 2) return;
    const parameters = this.#command.slice(1, -1);
    this.#command = [];
    const answer = this.#faults.answers?.(code);
    if (answer !== undefined) this.#send(answer);
    else if (byte === END) this.#send([IN_SYNC, ...this.#answer(code, parameters), OK]);
    else this.#send([NO_SYNC]);
  }

  #pageBytes = (high = 0, low = 0): number => (this.#command.length < 3 ? 3 : 3 + ((high << 8) | low));

  #answer(code: number, parameters: readonly number[]): readonly number[] {
    const isBootLoader = performance.now() - this.#startedMs < (this.#faults.bootLoaderMs ?? 0);
    switch (code) {
      case 0x31:
        return isBootLoader ? [] : NAME;
      case 0x41:
        return [parameters[0] === 0x93 ? 0x53 : 2];
      case 0x50:
        this.#target.hold(false);
        this.#target.hold(true);
        this.#instruct(0xac, 0x53, 0, 0);
        return [];
      case 0x51:
        this.#target.hold(false);
        return [];
      case 0x55:
        this.#word = parameters[0] | (parameters[1] << 8);
        return [];
      case 0x56:
        return [this.#instruct(...(parameters as [number, number, number, number]))];
      case 0x75:
        return [0, 1, 2].map((index) => this.#instruct(0x30, 0, index, 0));
      case PROGRAM_PAGE:
        this.#programPage(parameters.slice(3));
        return [];
      case 0x74:
        return this.#readPage((parameters[0] << 8) | parameters[1]);
      default:
        return [];
    }
  }

  #instruct(...instruction: readonly [number, number, number, number]): number {
    if (this.#faults.isUnwired === true) return 0xff;
    return instruction.map((byte) => this.#target.transfer(byte))[3];
  }

  #programPage(data: readonly number[]): void {
    const first = this.#word;
    for (let index = 0; index < data.length; index += 2, this.#word++) {
      this.#instruct(0x40, (this.#word >> 8) & 0xff, this.#word & 0xff, data[index]);
      this.#instruct(0x48, (this.#word >> 8) & 0xff, this.#word & 0xff, data[index + 1]);
    }
    this.#instruct(0x4c, (first >> 8) & 0xff, first & 0xff, 0);
    if (++this.#pages === this.#faults.powerOffAfterPages) this.#isOn = false;
    // As ArduinoISP does, it waits until the chip has written.
    const until = performance.now() + 5;
    while (performance.now() < until);
  }

  #readPage(count: number): readonly number[] {
    const isMisread = this.#faults.misreads?.(this.#reads++) === true;
    const bytes = Array.from({ length: count }, (_, index) => {
      const word = this.#word + (index >> 1);
      return this.#instruct(index % 2 === 0 ? 0x20 : 0x28, (word >> 8) & 0xff, word & 0xff, 0);
    });
    if (isMisread) bytes[5] ^= 0x10;
    return bytes;
  }
}
