import type { LoaderOf } from '../boards/index.js';
import type { LoaderLine } from './line.js';
import { LoaderError } from './errors.js';
import type { Stk500 } from './stk500.js';
import type { Flash } from './write-verified.js';

type Fuses = LoaderOf<'stk500v1'>['fuses'];
export const FUSE_NAMES = ['low', 'high', 'extended'] as const satisfies readonly (keyof Fuses)[];

/** Instructions of serial programming (data sheet of the ATmega328P, table 28-20; those of the ATmega2560 are the same). */
const ERASE = [0xac, 0x80, 0, 0] as const;
const POLL = [0xf0, 0, 0, 0] as const;
const READ_FUSE = { low: [0x50, 0, 0, 0], high: [0x58, 0x08, 0, 0], extended: [0x50, 0x08, 0, 0] } as const;
const WRITE_FUSE = { low: [0xac, 0xa0, 0], high: [0xac, 0xa8, 0], extended: [0xac, 0xa4, 0] } as const;
const LOAD_EXTENDED_ADDRESS = 0x4d;
/** Bits of a fuse byte that are there; others read as they like. */
const FUSE_MASK = { low: 0xff, high: 0xff, extended: 0x07 } as const;
const WORDS_BY_16_BITS = 0x10000;

const POLL_MS = 5;
const POLL_TRIES = 100;

/** An AVR with a programmer at its SPI pins. */
export class AvrChip implements Flash {
  readonly #programmer: Stk500;
  readonly #line: LoaderLine;
  /** Only chips with more words than an address has bits for take an extended one. */
  readonly #isLarge: boolean;

  constructor(programmer: Stk500, line: LoaderLine, flashBytes: number) {
    this.#programmer = programmer;
    this.#line = line;
    this.#isLarge = flashBytes / 2 > WORDS_BY_16_BITS;
  }

  async fuses(): Promise<Fuses> {
    const [low, high, extended] = [READ_FUSE.low, READ_FUSE.high, READ_FUSE.extended];
    const read = (instruction: readonly [number, number, number, number]) => this.#programmer.instruct(instruction);
    return { low: await read(low), high: await read(high), extended: await read(extended) };
  }

  async writeFuse(name: keyof Fuses, value: number): Promise<void> {
    await this.#programmer.instruct([...WRITE_FUSE[name], value]);
    await this.#ready();
  }

  /** Erases the whole chip, which takes its locks off. */
  async erase(): Promise<void> {
    await this.#programmer.instruct(ERASE);
    await this.#ready();
  }

  /** Writes a page. */
  async write(address: number, bytes: Uint8Array): Promise<void> {
    await this.#address(address);
    await this.#programmer.programPage(bytes);
    await this.#ready();
  }

  /** Reads at most a page. */
  async read(address: number, count: number): Promise<Uint8Array> {
    await this.#address(address);
    return this.#programmer.readPage(count);
  }

  async #address(address: number): Promise<void> {
    const words = address / 2;
    if (this.#isLarge) await this.#programmer.instruct([LOAD_EXTENDED_ADDRESS, 0, words >> 16, 0]);
    await this.#programmer.loadAddress(words % WORDS_BY_16_BITS);
  }

  /** Waits until the chip has done what it was told. */
  async #ready(): Promise<void> {
    for (let tries = 0; tries < POLL_TRIES; tries++) {
      if (((await this.#programmer.instruct(POLL)) & 1) === 0) return;
      await this.#line.pause(POLL_MS);
    }
    throw new LoaderError('no-answer', 'The chip stays busy. Check the wires and the supply, and try again.');
  }
}

/** Returns the names of the fuses that differ. */
export const fusesThatDiffer = (have: Fuses, want: Fuses): readonly (keyof Fuses)[] =>
  FUSE_NAMES.filter((name) => ((have[name] ^ want[name]) & FUSE_MASK[name]) !== 0);
