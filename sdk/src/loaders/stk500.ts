import { LoaderError } from './errors.js';
import { hexadecimal } from './hexadecimal.js';
import type { LoaderLine } from './line.js';

/** Version 1 of the STK500 protocol (Atmel's application note AVR061), as the sketch ArduinoISP speaks it. */
const COMMAND = {
  getSync: 0x30,
  getSignOn: 0x31,
  setDevice: 0x42,
  enterProgramming: 0x50,
  leaveProgramming: 0x51,
  loadAddress: 0x55,
  universal: 0x56,
  programPage: 0x64,
  readPage: 0x74,
  readSignature: 0x75,
} as const;
const END = 0x20;
const OK = 0x10;
const IN_SYNC = 0x14;
const FLASH = 0x46;

const REPLY_TIMEOUT_MS = 2000;
const SYNC_TIMEOUT_MS = 400;
const SYNC_TRIES = 12;
const SIGN_ON_BYTES = 16;

type Command = keyof typeof COMMAND;

/** Speaks with a programmer, a method for a command. */
export class Stk500 {
  readonly #line: LoaderLine;

  constructor(line: LoaderLine) {
    this.#line = line;
  }

  /** Asks until something answers in this protocol. Returns false if nothing does. */
  async synchronise(): Promise<boolean> {
    for (let tries = 0; tries < SYNC_TRIES; tries++) {
      this.#line.discard();
      await this.#line.write([COMMAND.getSync, END]);
      if (await this.#isInSync()) return true;
    }
    return false;
  }

  /** Returns the error for a line on which nothing answers. */
  silent(): LoaderError {
    return this.#line.silent('as a programmer (STK500, version 1)', SYNC_TRIES * SYNC_TIMEOUT_MS);
  }

  /** Tells whether what comes, whatever stands before it, ends in the answer of this protocol. */
  async #isInSync(): Promise<boolean> {
    let before: number | undefined;
    for (;;) {
      const bytes = await this.#line.tryRead(1, SYNC_TIMEOUT_MS);
      if (bytes === undefined) return false;
      const [byte] = bytes;
      if (before === IN_SYNC && byte === OK) return true;
      before = byte;
    }
  }

  /** Returns the name by which it signs on; empty for a boot loader, which has none. */
  async signOn(): Promise<string> {
    await this.#line.write([COMMAND.getSignOn, END]);
    await this.#expect(IN_SYNC, 'getSignOn');
    let name = '';
    for (;;) {
      const [byte] = await this.#line.read(1, REPLY_TIMEOUT_MS, 'getSignOn');
      if (byte === OK || name.length === SIGN_ON_BYTES) return name;
      name += String.fromCharCode(byte);
    }
  }

  /** Tells the programmer the sizes of the chip; what else it may want to know, an ATmega has in common with all. */
  async setDevice(chip: { readonly pageBytes: number; readonly flashBytes: number }): Promise<void> {
    const big = (value: number, bytes: number): readonly number[] =>
      Array.from({ length: bytes }, (_, index) => (value >>> (8 * (bytes - 1 - index))) & 0xff);
    const [eepromPoll, eepromBytes] = [0xffff, 1024];
    const serialOnly = [0x86, 0, 0, 1, 1, 1, 1, 3, 0xff, 0xff];
    await this.#ask('setDevice', [
      ...serialOnly,
      ...big(eepromPoll, 2),
      ...big(chip.pageBytes, 2),
      ...big(eepromBytes, 2),
      ...big(chip.flashBytes, 4),
    ]);
  }

  async enterProgramming(): Promise<void> {
    await this.#ask('enterProgramming');
  }

  async leaveProgramming(): Promise<void> {
    await this.#ask('leaveProgramming');
  }

  readSignature(): Promise<Uint8Array> {
    return this.#ask('readSignature', [], 3);
  }

  /** Sends an instruction of the chip's serial programming, of four bytes, and returns the chip's last byte. */
  async instruct(instruction: readonly [number, number, number, number]): Promise<number> {
    const [answer] = await this.#ask('universal', instruction, 1);
    return answer;
  }

  /** Sets the address for what follows, counted in words. */
  async loadAddress(wordAddress: number): Promise<void> {
    await this.#ask('loadAddress', [wordAddress & 0xff, (wordAddress >> 8) & 0xff]);
  }

  async programPage(bytes: Uint8Array): Promise<void> {
    await this.#ask('programPage', [bytes.length >> 8, bytes.length & 0xff, FLASH, ...bytes]);
  }

  readPage(count: number): Promise<Uint8Array> {
    return this.#ask('readPage', [count >> 8, count & 0xff, FLASH], count);
  }

  async #ask(command: Command, parameters: readonly number[] = [], replyBytes = 0): Promise<Uint8Array> {
    await this.#line.write([COMMAND[command], ...parameters, END]);
    await this.#expect(IN_SYNC, command);
    const reply = await this.#line.read(replyBytes, REPLY_TIMEOUT_MS, command);
    await this.#expect(OK, command);
    return reply;
  }

  async #expect(byte: number, command: Command): Promise<void> {
    const [answer] = await this.#line.read(1, REPLY_TIMEOUT_MS, `the command ${command}`);
    if (answer === byte) return;
    const message =
      `The programmer on ${this.#line.where} answered ${command} with ${hexadecimal(answer, 2)} instead of ${hexadecimal(byte, 2)}. ` +
      'Reset the programmer, check its wires, and try again.';
    throw new LoaderError('bad-reply', message, { command, answer, expected: byte });
  }
}
