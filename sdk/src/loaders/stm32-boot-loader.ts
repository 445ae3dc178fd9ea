import { hexadecimal } from './hexadecimal.js';
import { LoaderError } from './errors.js';
import type { LoaderLine } from './line.js';
import type { Flash } from './write-verified.js';

/** ST's application note AN3155: the boot loader in the ROM of an STM32, on a UART with even parity. */
const SYNC = 0x7f;
const ACK = 0x79;
const NACK = 0x1f;
export const STM32_COMMAND = {
  get: 0x00,
  getId: 0x02,
  readMemory: 0x11,
  go: 0x21,
  writeMemory: 0x31,
  erase: 0x43,
  extendedErase: 0x44,
} as const;
type Command = keyof typeof STM32_COMMAND;

/** The most that one read or write moves. */
export const STM32_BLOCK_BYTES = 256;
/** Writes have whole words. */
const WORD_BYTES = 4;
const REPLY_TIMEOUT_MS = 1000;
const SYNC_TIMEOUT_MS = 300;
const SYNC_TRIES = 10;
/** The slowest erase of one sector (128 KiB, with 8-bit parallelism: data sheet of the STM32F405, table 40). */
const ERASE_MS_PER_SECTOR = 4000;
/** How often a block is sent again that the boot loader did not accept: a parity or a checksum was wrong. */
const TRIES = 3;

export const xorOf = (bytes: Iterable<number>): number => [...bytes].reduce((sum, byte) => sum ^ byte, 0);
const bytesOfAddress = (address: number): readonly number[] =>
  [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff);
const withXor = (bytes: readonly number[]): readonly number[] => [...bytes, xorOf(bytes)];

/** Speaks with the boot loader, a method for a command. What it does not acknowledge is an error `loader.refused`. */
export class Stm32BootLoader implements Flash {
  readonly #line: LoaderLine;

  constructor(line: LoaderLine) {
    this.#line = line;
  }

  /**
   * Lets the boot loader measure the baud rate. One that has done so takes the byte for half a command and refuses it:
   * it listens, too. Anything else on the line is let go by.
   * @returns the commands that it knows
   */
  async synchronise(): Promise<ReadonlySet<number>> {
    for (let tries = 0; tries < SYNC_TRIES; tries++) {
      this.#line.discard();
      await this.#line.write([SYNC]);
      if (!(await this.#isHeard())) continue;
      // Refused if the answer was one to an earlier byte, and half a command is left over; the next byte completes it.
      const answer = await this.#list('get');
      if (answer !== undefined) return new Set(answer.subarray(1));
    }
    throw this.#line.silent('the synchronisation byte of the STM32 boot loader', SYNC_TIMEOUT_MS * SYNC_TRIES);
  }

  async #isHeard(): Promise<boolean> {
    for (;;) {
      const answer = await this.#line.tryRead(1, SYNC_TIMEOUT_MS);
      if (answer === undefined) return false;
      if (answer[0] === ACK || answer[0] === NACK) return true;
    }
  }

  /** Returns the number of the chip. */
  async chipId(): Promise<number> {
    const [high, low] = await this.#again('getId', () => this.#list('getId'));
    return (high << 8) | low;
  }

  /** Tells whether memory at an address may be read. Where it may not, write and erase are refused, too. */
  async isReadable(address: number): Promise<boolean> {
    try {
      await this.read(address, 1);
      return true;
    } catch (error) {
      if (error instanceof LoaderError && error.kind === 'refused') return false;
      throw error;
    }
  }

  /** Reads up to a block. */
  read(address: number, count: number): Promise<Uint8Array> {
    return this.#again('readMemory', async () => {
      if (!(await this.#addressed('readMemory', address))) return undefined;
      await this.#line.write([count - 1, ~(count - 1) & 0xff]);
      if (!(await this.#answer('readMemory'))) return undefined;
      return this.#line.read(count, REPLY_TIMEOUT_MS, 'a read');
    });
  }

  /** Writes up to a block of whole words; what lacks for a word reads as erased flash. */
  async write(address: number, bytes: Uint8Array): Promise<void> {
    const padding = (WORD_BYTES - (bytes.length % WORD_BYTES)) % WORD_BYTES;
    const data = [...bytes, ...new Array<number>(padding).fill(0xff)];
    await this.#again('writeMemory', async () => {
      if (!(await this.#addressed('writeMemory', address))) return undefined;
      await this.#line.write(withXor([data.length - 1, ...data]));
      return (await this.#answer('writeMemory')) || undefined;
    });
  }

  /** Erases sectors by their numbers. @param isExtended whether the boot loader has the erase with numbers of 16 bits */
  async erase(sectors: readonly number[], isExtended: boolean): Promise<void> {
    const command = isExtended ? 'extendedErase' : 'erase';
    await this.#again(command, async () => {
      await this.#send(command);
      if (!(await this.#answer(command))) return undefined;
      const numbers = [sectors.length - 1, ...sectors];
      await this.#line.write(withXor(isExtended ? numbers.flatMap((one) => [one >> 8, one & 0xff]) : numbers));
      return (await this.#answer(command, REPLY_TIMEOUT_MS + ERASE_MS_PER_SECTOR * sectors.length)) || undefined;
    });
  }

  /** Starts the program whose vector table lies at an address. */
  async go(address: number): Promise<void> {
    await this.#again('go', async () => (await this.#addressed('go', address)) || undefined);
  }

  async #addressed(command: Command, address: number): Promise<boolean> {
    await this.#send(command);
    if (!(await this.#answer(command))) return false;
    await this.#line.write(withXor(bytesOfAddress(address)));
    return this.#answer(command);
  }

  /** Asks for a list: its length less one, the bytes, and an acknowledgement. Returns undefined if that is refused. */
  async #list(command: Command): Promise<Uint8Array | undefined> {
    await this.#send(command);
    if (!(await this.#answer(command))) return undefined;
    const [last] = await this.#line.read(1, REPLY_TIMEOUT_MS, command);
    const list = await this.#line.read(last + 1, REPLY_TIMEOUT_MS, command);
    return (await this.#answer(command)) ? list : undefined;
  }

  async #send(command: Command): Promise<void> {
    const code = STM32_COMMAND[command];
    await this.#line.write([code, ~code & 0xff]);
  }

  /** Tells whether the boot loader acknowledges. @throws LoaderError `loader.no-answer`, `loader.bad-reply` */
  async #answer(command: Command, timeoutMs = REPLY_TIMEOUT_MS): Promise<boolean> {
    const [answer] = await this.#line.read(1, timeoutMs, `the command ${command}`);
    if (answer === ACK || answer === NACK) return answer === ACK;
    const message =
      `The boot loader on ${this.#line.where} answered ${command} with ${hexadecimal(answer, 2)}, which is neither yes nor no. ` +
      'Check that nothing else talks on the line (a board that echoes, another program), reset the board, and try again.';
    throw new LoaderError('bad-reply', message, { command, answer });
  }

  /** Tries until the boot loader accepts. @throws LoaderError `loader.refused` */
  async #again<T>(command: Command, once: () => Promise<T | undefined>): Promise<T> {
    for (let tries = 0; tries < TRIES; tries++) {
      const result = await once();
      if (result !== undefined) return result;
    }
    const message =
      `The boot loader on ${this.#line.where} refused ${command} ${TRIES} times. The flash may be protected against writing; ` +
      'a tool of the chip, such as STM32CubeProgrammer, shows and removes that.';
    throw new LoaderError('refused', message, { command });
  }
}
