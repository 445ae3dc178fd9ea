/**
 * An ATmega in serial programming, strictly after its data sheet (ATmega328P, section 28.8): instructions of four bytes at the SPI
 * pins, as long as RESET is held. An instruction that comes while the chip is busy, or is none, is a fault.
 */
export interface IspChip {
  readonly signature: readonly [number, number, number];
  readonly flash: Uint8Array;
  readonly pageBytes: number;
  readonly fuses: { low: number; high: number; extended: number };
  lock: number;
}

const BUSY_MS = 4.5;
const ERASE_MS = 9;

export class IspTarget {
  readonly faults: string[] = [];
  readonly #chip: IspChip;
  readonly #nowMs: () => number;
  readonly #page: Uint8Array;
  #isHeld = false;
  #isEnabled = false;
  #bytes: number[] = [];
  #extended = 0;
  #busyUntilMs = 0;

  /** @param nowMs the time of the programmer, in milliseconds */
  constructor(chip: IspChip, nowMs: () => number) {
    this.#chip = chip;
    this.#nowMs = nowMs;
    this.#page = new Uint8Array(chip.pageBytes).fill(0xff);
  }

  /** Holds the chip in reset, or lets it run. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    this.#isEnabled = false;
    this.#bytes = [];
    this.#extended = 0;
  }

  /** Exchanges a byte at the SPI pins. */
  transfer(byte: number): number {
    if (!this.#isHeld) return 0xff;
    this.#bytes.push(byte);
    const { length } = this.#bytes;
    if (length < 4) return length === 1 ? 0xff : this.#bytes[length - 2];
    const [a, b, c, d] = this.#bytes;
    this.#bytes = [];
    if (a === 0xac && b === 0x53) {
      this.#isEnabled = true;
      return 0;
    }
    if (!this.#isEnabled) return 0xff;
    const isBusy = this.#nowMs() < this.#busyUntilMs;
    if (a === 0xf0) return isBusy ? 0xff : 0xfe;
    if (isBusy) this.faults.push(`instruction ${[a, b, c, d].join(' ')} while busy`);
    return this.#instruction(a, b, c, d);
  }

  #instruction(a: number, b: number, c: number, d: number): number {
    const { flash, pageBytes, signature, fuses } = this.#chip;
    const address = 2 * ((this.#extended << 16) | (b << 8) | c) + (a & 0x08 ? 1 : 0);
    switch (a) {
      case 0x30:
        return signature[c & 3];
      case 0x20:
      case 0x28:
        return flash[address];
      case 0x40:
      case 0x48:
        this.#page[address % pageBytes] = d;
        return c;
      case 0x4c:
        this.#writePage(address - (address % pageBytes));
        return c;
      case 0x4d:
        this.#extended = c;
        return c;
      case 0x50:
        return b === 0x08 ? fuses.extended : fuses.low;
      case 0x58:
        return b === 0x08 ? fuses.high : this.#chip.lock;
      case 0xac:
        return this.#write(b, d);
      default:
        this.faults.push(`no instruction: ${[a, b, c, d].join(' ')}`);
        return c;
    }
  }

  #writePage(start: number): void {
    const { flash, pageBytes } = this.#chip;
    if (start + pageBytes > flash.length) this.faults.push(`a page at ${start}`);
    for (let index = 0; index < pageBytes; index++) flash[start + index] &= this.#page[index];
    this.#page.fill(0xff);
    this.#busyUntilMs = this.#nowMs() + BUSY_MS;
  }

  #write(what: number, value: number): number {
    const { fuses } = this.#chip;
    if (what === 0x80) {
      this.#chip.flash.fill(0xff);
      this.#chip.lock = 0xff;
    } else if (what === 0xa0) fuses.low = value;
    else if (what === 0xa8) fuses.high = value;
    else if (what === 0xa4) fuses.extended = value;
    else this.faults.push(`a write of ${what.toString(16)}`);
    this.#busyUntilMs = this.#nowMs() + (what === 0x80 ? ERASE_MS : BUSY_MS);
    return 0;
  }
}
