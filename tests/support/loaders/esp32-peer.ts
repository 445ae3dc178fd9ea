import { createHash } from 'node:crypto';
import { inflateSync } from 'node:zlib';

/** What may go wrong at the chip. */
export interface Esp32Faults {
  /** The number of another chip. */
  readonly chipId?: number;
  /** It runs its program, and prints. */
  readonly isRunning?: boolean;
  /** A byte of flash that stays as it is. */
  readonly wornAt?: number;
  /** Blocks after which the power is cut. */
  readonly powerOffAfterBlocks?: number;
  /** Blocks (counted with repetitions) that are refused. */
  readonly refuses?: (block: number) => boolean;
}

const END = 0xc0;
const ESCAPE = 0xdb;
const SYNC = [0x07, 0x07, 0x12, 0x20, ...new Array<number>(32).fill(0x55)];
const CHIP_ID = 5;
const SPI = 0x60002000;
const FLASH_ID = 0x164020;

/** Commands of the ROM, and of the boot loader that esptool loads into RAM. */
const COMMAND = {
  memBegin: 0x05,
  memEnd: 0x06,
  memData: 0x07,
  sync: 0x08,
  writeRegister: 0x09,
  readRegister: 0x0a,
  deflateBegin: 0x10,
  deflateData: 0x11,
  deflateEnd: 0x12,
  md5: 0x13,
  securityInfo: 0x14,
};

/** The boot loader of an ESP32-C3, after Espressif's description of the serial protocol, as a strict state machine. */
export class Esp32Peer {
  readonly flash = new Uint8Array(4 << 20).fill(0x5a);
  readonly faults: string[] = [];
  /** Addresses of RAM that the second boot loader was loaded to. */
  readonly loadedAt: number[] = [];
  readonly #send: (bytes: readonly number[]) => void;
  readonly #faults: Esp32Faults;
  #frame: number[] | undefined;
  #isEscaped = false;
  #isStub = false;
  #ram = { left: 0, blocks: 0, next: 0 };
  #deflate = { address: 0, bytes: 0, blocks: 0, parts: [] as number[] };
  #blocks = 0;
  #isOn = true;

  constructor(send: (bytes: readonly number[]) => void, faults: Esp32Faults = {}) {
    this.#send = send;
    this.#faults = faults;
  }

  receive(bytes: Iterable<number>): void {
    if (this.#faults.isRunning === true) this.#send([...new TextEncoder().encode('Temperature 21.5\n')]);
    else for (const byte of bytes) if (this.#isOn) this.#take(byte);
  }

  #take(byte: number): void {
    if (byte === END) {
      const frame = this.#frame;
      this.#frame = frame === undefined || frame.length === 0 ? [] : undefined;
      if (frame !== undefined && frame.length > 0) this.#handle(Uint8Array.from(frame));
    } else if (this.#frame === undefined) {
      this.faults.push('a byte between frames');
    } else if (this.#isEscaped) {
      this.#isEscaped = false;
      this.#frame.push(byte === 0xdc ? END : ESCAPE);
    } else if (byte === ESCAPE) this.#isEscaped = true;
    else this.#frame.push(byte);
  }

  #slip(bytes: readonly number[]): void {
    const escaped = bytes.flatMap((byte) =>
      byte === END ? [ESCAPE, 0xdc] : byte === ESCAPE ? [ESCAPE, 0xdd] : [byte],
    );
    if (this.#isOn) this.#send([END, ...escaped, END]);
  }

  #reply(command: number, value: number, data: readonly number[] = [], failure = 0): void {
    const status = this.#isStub ? [failure, 0] : [failure, 0, 0, 0];
    const length = data.length + status.length;
    const word = [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff);
    this.#slip([1, command, length & 0xff, length >> 8, ...word, ...data, ...status]);
  }

  #handle(frame: Uint8Array): void {
    const view = new DataView(frame.buffer);
    const [direction, command] = frame;
    const data = frame.subarray(8);
    const word = (index: number): number => view.getUint32(8 + 4 * index, true);
    if (direction !== 0 || view.getUint16(2, true) !== data.length)
      return void this.faults.push('a frame of wrong length');
    switch (command) {
      case COMMAND.sync:
        if (SYNC.some((byte, index) => data[index] !== byte)) this.faults.push('a wrong synchronisation');
        for (let count = 0; count < 8; count++) this.#reply(command, 0x20120707);
        return;
      case COMMAND.securityInfo: {
        const chip = this.#faults.chipId ?? CHIP_ID;
        this.#reply(command, 0, [...new Array<number>(12).fill(0), chip, 0, 0, 0, 1, 0, 0, 0]);
        return;
      }
      case COMMAND.readRegister: {
        this.#reply(command, word(0) === SPI + 0x58 ? FLASH_ID : 0);
        return;
      }
      case COMMAND.writeRegister: {
        this.#reply(command, 0);
        return;
      }
      case COMMAND.memBegin:
        this.#ram = { left: word(0), blocks: word(1), next: 0 };
        this.loadedAt.push(word(3));
        {
          this.#reply(command, 0);
          return;
        }
      case COMMAND.memData:
        this.#checkBlock(view, data, this.#ram.next++);
        this.#ram.left -= word(0);
        {
          this.#reply(command, 0);
          return;
        }
      case COMMAND.memEnd:
        if (this.#ram.left !== 0 || this.#ram.next !== this.#ram.blocks)
          this.faults.push('RAM that was not loaded whole');
        this.#reply(command, 0);
        this.#isStub = true;
        {
          this.#slip([...new TextEncoder().encode('OHAI')]);
          return;
        }
      case COMMAND.deflateBegin:
        this.#deflate = { bytes: word(0), blocks: word(1), address: word(3), parts: [] };
        this.flash.fill(0xff, word(3), word(3) + Math.ceil(word(0) / 4096) * 4096);
        {
          this.#reply(command, 0);
          return;
        }
      case COMMAND.deflateData: {
        const isRefused = this.#faults.refuses?.(this.#blocks) === true;
        this.#blocks++;
        if (isRefused) {
          this.#reply(command, 0, [], 1);
          return;
        }
        this.#checkBlock(view, data, word(1));
        this.#deflate.parts.push(...data.subarray(16));
        if (this.#blocks === this.#faults.powerOffAfterBlocks) this.#isOn = false;
        this.#reply(command, 0);
        return;
      }
      case COMMAND.deflateEnd:
        this.#write();
        {
          this.#reply(command, 0);
          return;
        }
      case COMMAND.md5: {
        const held = this.flash.subarray(word(0), word(0) + word(1));
        this.#reply(command, 0, [...createHash('md5').update(held).digest()]);
        return;
      }
      default:
        this.faults.push(`no command: ${command}`);
    }
  }

  #checkBlock(view: DataView, data: Uint8Array, expected: number): void {
    const payload = data.subarray(16);
    const sum = payload.reduce((before, byte) => before ^ byte, 0xef);
    if (view.getUint32(4, true) !== sum || view.getUint32(8, true) !== payload.length)
      this.faults.push('a damaged block');
    if (view.getUint32(12, true) !== expected) this.faults.push('a block out of order');
  }

  #write(): void {
    const { address, bytes, parts } = this.#deflate;
    const image = inflateSync(Uint8Array.from(parts));
    if (image.length !== bytes) this.faults.push(`${image.length} bytes instead of ${bytes}`);
    image.forEach((byte, index) => {
      if (address + index !== this.#faults.wornAt) this.flash[address + index] &= byte;
    });
  }
}
