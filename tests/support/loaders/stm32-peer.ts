/**
 * The boot loader of an STM32 as a strict state machine, written from the application note AN3155 alone. It counts what no chip
 * forgives: a wrong complement or checksum, a write to flash that is not erased, an address outside.
 */
export interface Stm32Chip {
  readonly chipId: number;
  readonly flashAddress: number;
  readonly flash: Uint8Array;
  /** Bytes of each sector. */
  readonly sectors: readonly number[];
  readonly hasExtendedErase: boolean;
}

/** What may go wrong at the chip's end of the line. */
export interface Stm32Faults {
  /** Memory is protected against reading. */
  readonly isProtected?: boolean;
  /** Bytes sent before the first synchronisation is answered. */
  readonly garbage?: readonly number[];
  /** Numbers of frames (counted over the session) that are refused, as after a parity error. */
  readonly refuses?: (frame: number) => boolean;
  /** Numbers of blocks written after which the power is cut. */
  readonly powerOffAfterWrites?: number;
  /** Bits of flash that stay as they are. */
  readonly wornAt?: number;
  /** Answers that are replaced. */
  readonly answers?: (answer: number) => number;
}

const ACK = 0x79;
const NACK = 0x1f;
const xor = (bytes: readonly number[]): number => bytes.reduce((sum, byte) => sum ^ byte, 0);

type Step = (byte: number) => void;

export class Stm32Peer {
  /** Where `go` jumped to. */
  startedAt: number | undefined;
  readonly erased = new Set<number>();
  #isOn = true;
  #writes = 0;
  #frames = 0;
  #step: Step;
  readonly #send: (bytes: readonly number[]) => void;
  readonly #chip: Stm32Chip;
  readonly #faults: Stm32Faults;

  constructor(chip: Stm32Chip, send: (bytes: readonly number[]) => void, faults: Stm32Faults = {}) {
    this.#chip = chip;
    this.#faults = faults;
    this.#send = send;
    // Before the baud rate is known, every other byte is noise.
    this.#step = (byte) => {
      if (byte !== 0x7f) return;
      this.#reply(...(faults.garbage ?? []), ACK);
      this.#idle();
    };
  }

  receive(bytes: Iterable<number>): void {
    for (const byte of bytes) if (this.#isOn) this.#step(byte);
  }

  #reply(...bytes: readonly number[]): void {
    if (this.#isOn) this.#send(bytes.map((byte, index) => (index === bytes.length - 1 ? this.#answer(byte) : byte)));
  }

  #answer = (byte: number): number => this.#faults.answers?.(byte) ?? byte;

  #idle(): void {
    this.#collect(2, ([command, complement]) => {
      if ((command ^ complement) !== 0xff) {
        this.#refuse();
        return;
      }
      this.#command(command);
    });
  }

  #refuse(): void {
    this.#reply(NACK);
    this.#idle();
  }

  #collect(count: number, done: (bytes: readonly number[]) => void): void {
    const bytes: number[] = [];
    this.#step = (byte) => {
      bytes.push(byte);
      if (bytes.length === count) done(bytes);
    };
  }

  /** Takes a frame whose length follows from its first byte, and its checksum. */
  #frame(lengthOf: (first: number) => number, done: (bytes: readonly number[]) => void): void {
    const bytes: number[] = [];
    this.#step = (byte) => {
      bytes.push(byte);
      if (bytes.length < lengthOf(bytes[0])) return;
      const isRefused = this.#faults.refuses?.(this.#frames++) === true;
      if (isRefused || xor(bytes) !== 0) this.#refuse();
      else done(bytes.slice(0, -1));
    };
  }

  #command(command: number): void {
    const { chipId, hasExtendedErase } = this.#chip;
    const erase = hasExtendedErase ? 0x44 : 0x43;
    const known = [0x00, 0x01, 0x02, 0x11, 0x21, 0x31, erase];
    const needsMemory = [0x11, 0x21, 0x31, erase].includes(command);
    if (!known.includes(command) || (needsMemory && this.#faults.isProtected === true)) {
      this.#refuse();
      return;
    }
    this.#reply(ACK);
    if (command === 0x00) this.#list([0x31, ...known]);
    else if (command === 0x01) this.#list([0x31, 0, 0], 0x31);
    else if (command === 0x02) this.#list([chipId >> 8, chipId & 0xff]);
    else if (command === 0x43)
      this.#frame(
        (count) => count + 3,
        ([, ...pages]) => this.#erase(pages),
      );
    else if (command === 0x44) this.#extendedErase();
    else
      this.#frame(
        () => 5,
        (bytes) => this.#addressed(command, bytes),
      );
  }

  #list(bytes: readonly number[], withoutLength?: number): void {
    this.#reply(...(withoutLength === undefined ? [bytes.length - 1] : []), ...bytes, ACK);
    this.#idle();
  }

  #extendedErase(): void {
    const bytes: number[] = [];
    this.#step = (byte) => {
      bytes.push(byte);
      if (bytes.length < 2) return;
      const count = (bytes[0] << 8) | bytes[1];
      const isSpecial = count >= 0xfffd;
      if (bytes.length < (isSpecial ? 3 : 2 * (count + 1) + 3)) return;
      if (xor(bytes) !== 0) {
        this.#refuse();
        return;
      }
      const numbers = isSpecial
        ? this.#chip.sectors.map((_, index) => index)
        : Array.from({ length: count + 1 }, (_, index) => (bytes[2 + 2 * index] << 8) | bytes[3 + 2 * index]);
      this.#erase(numbers);
    };
  }

  #erase(numbers: readonly number[]): void {
    const { sectors, flash } = this.#chip;
    if (numbers.some((number) => number >= sectors.length)) {
      this.#refuse();
      return;
    }
    for (const number of numbers) {
      const start = sectors.slice(0, number).reduce((sum, bytes) => sum + bytes, 0);
      flash.fill(0xff, start, start + sectors[number]);
      this.erased.add(number);
    }
    this.#reply(ACK);
    this.#idle();
  }

  #addressed(command: number, bytes: readonly number[]): void {
    const address = ((bytes[0] << 24) | (bytes[1] << 16) | (bytes[2] << 8) | bytes[3]) >>> 0;
    const offset = address - this.#chip.flashAddress;
    if (offset < 0 || offset >= this.#chip.flash.length) {
      this.#refuse();
      return;
    }
    this.#reply(ACK);
    if (command === 0x11) this.#read(offset);
    else if (command === 0x31) this.#write(offset);
    else {
      this.startedAt = address;
      this.#isOn = false;
    }
  }

  #read(offset: number): void {
    this.#collect(2, ([last, complement]) => {
      if ((last ^ complement) !== 0xff) {
        this.#refuse();
        return;
      }
      this.#reply(ACK);
      if (this.#isOn) this.#send([...this.#chip.flash.subarray(offset, offset + last + 1)]);
      this.#idle();
    });
  }

  #write(offset: number): void {
    this.#frame(
      (last) => last + 3,
      ([last, ...data]) => {
        const { flash } = this.#chip;
        if (offset % 4 !== 0 || (last + 1) % 4 !== 0) {
          this.#refuse();
          return;
        }
        for (const [index, byte] of data.entries()) {
          if (offset + index === this.#faults.wornAt) continue;
          flash[offset + index] &= byte;
        }
        if (++this.#writes === this.#faults.powerOffAfterWrites) this.#isOn = false;
        this.#reply(ACK);
        this.#idle();
      },
    );
  }
}
