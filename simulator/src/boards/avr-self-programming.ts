import type { CPU } from 'avr8js';
import type { AvrChipData } from './avr-chip-data.js';

/** The SPM instruction, which the emulator leaves out. Sections are those of the ATmega328P data sheet. */
const SPMCSR = 0x57; // 26.3.1
const RAMPZ = 0x5b;
const SPMEN = 0x01;
const RWWSB = 0x40;
const SPM = 0x95e8;
const COMMANDS = { fill: 0x01, erase: 0x03, write: 0x05, enable: 0x11 } as const;
const Z = 30;
/** Table 31-18: a page erase or write takes 3.7 to 4.5 ms. */
const PAGE_SECONDS = 4.5e-3;

/**
 * Flash that the program erases and writes page by page. What real hardware does not allow is a fault: SPM outside the
 * boot section or too late, and code that runs from flash while it is programmed.
 */
export class SelfProgramming {
  readonly #cpu: CPU;
  readonly #chip: AvrChipData;
  readonly #pageCycles: number;
  readonly #fault: (what: string) => void;
  readonly #buffer: Uint8Array;
  /** Whether the flash below the boot section can neither be read nor run. */
  busy = false;

  constructor(cpu: CPU, chip: AvrChipData, clockHz: number, fault: (what: string) => void) {
    this.#cpu = cpu;
    this.#chip = chip;
    this.#pageCycles = Math.round(PAGE_SECONDS * clockHz);
    this.#fault = fault;
    this.#buffer = new Uint8Array(chip.pageBytes).fill(0xff);
    cpu.writeHooks[SPMCSR] = (value) => {
      this.#control(value & 0x3f);
      return true;
    };
  }

  /** Only the boot section can be run while the rest is programmed. */
  checkProgramCounter(): void {
    if (2 * this.#cpu.pc < this.#chip.alwaysReadableAddress) this.#fault('code was run from flash being programmed');
  }

  /**
   * Handles the command register. The program writes the command and executes SPM at once (26.3), with the address in Z
   * and RAMPZ.
   */
  #control(command: number): void {
    const { data, pc, progMem } = this.#cpu;
    if ((command & SPMEN) === 0) return;
    if (progMem[pc + 1] !== SPM || 2 * pc < this.#chip.bootAddress) {
      this.#fault('SPM is missing or outside the boot section');
      return;
    }
    const address = (data[Z] | (data[Z + 1] << 8) | (data[RAMPZ] << 16)) % this.#chip.flashBytes;
    const page = address - (address % this.#chip.pageBytes);
    switch (command) {
      case COMMANDS.fill:
        this.#buffer[(address % this.#chip.pageBytes) & ~1] = data[0];
        this.#buffer[(address % this.#chip.pageBytes) | 1] = data[1];
        return;
      case COMMANDS.erase:
        this.#programPage(page, () => 0xff);
        return;
      case COMMANDS.write:
        this.#programPage(page, (before, index) => before & this.#buffer[index]);
        this.#buffer.fill(0xff);
        return;
      case COMMANDS.enable:
        data[SPMCSR] &= ~RWWSB;
        this.busy = false;
        return;
      default:
        this.#fault(`SPM command 0x${command.toString(16)}`);
    }
  }

  #programPage(page: number, change: (before: number, index: number) => number): void {
    const { progBytes, data } = this.#cpu;
    if (page >= this.#chip.alwaysReadableAddress) {
      this.#fault('the boot section was programmed');
      return;
    }
    for (let index = 0; index < this.#chip.pageBytes; index++) {
      progBytes[page + index] = change(progBytes[page + index], index);
    }
    data[SPMCSR] = SPMEN | RWWSB;
    this.busy = true;
    this.#cpu.addClockEvent(() => void (data[SPMCSR] &= ~SPMEN), this.#pageCycles);
  }
}
