import type { RP2040 } from 'rp2040js';

/**
 * A boot ROM of our own for the emulated RP2040: only what the firmware calls (RP2040 datasheet section 2.8.3). Every
 * function is a breakpoint and a return; the breakpoint calls us.
 */

const FUNCTION_TABLE = 0x14;
const TABLE_LOOKUP = 0x18;
const TABLE_AT = 0x40;
const CODE_AT = 0x100;
const CODE_STRIDE = 4;
const BKPT = 0xbe00;
const BX_LR = 0x4770;

const FUNCTIONS = ['lookup', 'IF', 'EX', 'RE', 'RP', 'FC', 'CX'] as const;
type RomFunction = (typeof FUNCTIONS)[number];

/** W25Q16JV datasheet section 9.6, typical times in seconds. */
const SECTOR_ERASE_SECONDS = 45e-3;
const BLOCK_ERASE_SECONDS = 150e-3;
const PAGE_PROGRAM_SECONDS = 0.4e-3;
const SECTOR_BYTES = 4096;
const PAGE_BYTES = 256;

const R0 = 0;
const R1 = 1;
const R2 = 2;

/** Builds the words of the ROM image. */
function romImage(): Uint32Array {
  const image = new Uint32Array(4096);
  const view = new DataView(image.buffer);
  const addressOf = (index: number): number => CODE_AT + CODE_STRIDE * index;
  view.setUint16(FUNCTION_TABLE, TABLE_AT, true);
  view.setUint16(TABLE_LOOKUP, addressOf(FUNCTIONS.indexOf('lookup')) | 1, true);
  FUNCTIONS.forEach((name, index) => {
    view.setUint16(addressOf(index), BKPT | index, true);
    view.setUint16(addressOf(index) + 2, BX_LR, true);
    if (index === 0) return; // the search function is not in the table it searches
    const entry = TABLE_AT + 4 * (index - 1);
    view.setUint16(entry, name.charCodeAt(0) | (name.charCodeAt(1) << 8), true);
    view.setUint16(entry + 2, addressOf(index) | 1, true);
  });
  return image;
}

export interface BootRomHost {
  readonly chip: RP2040;
  /** The flash, whether or not the chip can read it at the moment. */
  readonly flash: Uint8Array;
  readonly clockHz: number;
  /** Makes flash readable through the execute-in-place window, or unreadable. */
  setExecuteInPlace(on: boolean): void;
  isExecuteInPlace(): boolean;
  /** Advances time to a cycle, at most to the next event that may interrupt the core. */
  passTime(until: number): void;
  /** Called when the firmware does what real hardware does not allow. */
  fault(what: string): void;
}

export class BootRom {
  readonly #host: BootRomHost;
  /** The cycle until which the running function is busy. */
  #busyUntil: number | undefined;

  constructor(host: BootRomHost) {
    this.#host = host;
    host.chip.bootrom.set(romImage());
    host.chip.onBreak = (code) => this.#call(FUNCTIONS[code]);
  }

  #call(name: RomFunction | undefined): void {
    const { chip } = this.#host;
    switch (name) {
      case 'lookup':
        chip.core.registers[R0] = this.#lookup(chip.core.registers[R0], chip.core.registers[R1]);
        return;
      case 'IF':
      case 'FC':
        return; // pads and cache: nothing to see from outside
      case 'EX':
        this.#host.setExecuteInPlace(false);
        return;
      case 'CX':
        this.#host.setExecuteInPlace(true);
        return;
      case 'RE':
        this.#busy(() => this.#erase(chip.core.registers[R0], chip.core.registers[R1], chip.core.registers[R2]));
        return;
      case 'RP':
        this.#busy(() => this.#program(chip.core.registers[R0], chip.core.registers[R1], chip.core.registers[R2]));
        return;
      default:
        this.#host.fault('a breakpoint instruction');
    }
  }

  #lookup(table: number, code: number): number {
    for (let entry = table; this.#host.chip.readUint16(entry) !== 0; entry += 4) {
      if (this.#host.chip.readUint16(entry) === code) return this.#host.chip.readUint16(entry + 2);
    }
    return 0;
  }

  /**
   * Does the work at once, then repeats the breakpoint until its time is over. In between, interrupts are served as on
   * the chip.
   */
  #busy(work: () => number): void {
    const { core } = this.#host.chip;
    this.#busyUntil ??= core.cycles + Math.round(work() * this.#host.clockHz);
    this.#host.passTime(this.#busyUntil);
    if (core.cycles < this.#busyUntil) {
      core.PC -= 2;
    } else {
      this.#busyUntil = undefined;
    }
  }

  #checkRange(what: string, offset: number, length: number, unit: number): boolean {
    const { flash } = this.#host;
    const good =
      !this.#host.isExecuteInPlace() && offset % unit === 0 && length % unit === 0 && offset + length <= flash.length;
    if (!good) this.#host.fault(`${what} of ${length} bytes at 0x${offset.toString(16)} of the flash`);
    return good;
  }

  /** Erases flash and returns the seconds that it takes. */
  #erase(offset: number, length: number, blockBytes: number): number {
    if (!this.#checkRange('an erase', offset, length, SECTOR_BYTES)) return 0;
    this.#host.flash.fill(0xff, offset, offset + length);
    let seconds = 0;
    for (let at = offset; at < offset + length;) {
      const block = at % blockBytes === 0 && offset + length - at >= blockBytes;
      seconds += block ? BLOCK_ERASE_SECONDS : SECTOR_ERASE_SECONDS;
      at += block ? blockBytes : SECTOR_BYTES;
    }
    return seconds;
  }

  #program(offset: number, source: number, length: number): number {
    if (!this.#checkRange('a program', offset, length, PAGE_BYTES)) return 0;
    for (let index = 0; index < length; index++) {
      this.#host.flash[offset + index] &= this.#host.chip.readUint8(source + index);
    }
    return (length / PAGE_BYTES) * PAGE_PROGRAM_SECONDS;
  }
}
