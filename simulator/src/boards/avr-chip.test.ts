import { describe, expect, it } from 'vitest';
import { AvrChip } from './avr-chip.js';
import type { AvrChipData } from './avr-chip-data.js';
import { SerialLine } from './serial-line.js';
import { ATMEGA2560, ATMEGA328P } from './testing/atmegas.js';

/** Programs of single instructions; the words are those of the AVR instruction set manual. */
const NOP = 0x0000;
const SEI = 0x9478;
const CLI = 0x94f8;
const RETI = 0x9518;
const SLEEP = 0x9588;
const STOP = 0xcfff; // rjmp to itself
const ldi = (register: number, value: number): number =>
  0xe000 | ((value & 0xf0) << 4) | ((register - 16) << 4) | (value & 0x0f);
const inc = (register: number): number => 0x9403 | (register << 4);
const out = (port: number, register: number): number => 0xb800 | ((port & 0x30) << 5) | (register << 4) | (port & 0x0f);
const sts = (address: number, register: number): readonly number[] => [0x9200 | (register << 4), address];
const lds = (register: number, address: number): readonly number[] => [0x9000 | (register << 4), address];
const storeX = (register: number): number => 0x920c | (register << 4);
const push = (register: number): number => 0x920f | (register << 4);

const [UCSRA, UCSRB, UDR, SREG] = [0xc0, 0xc1, 0xc6, 0x5f];
const [RXC, UDRE, U2X, RXCIE, UDRIE, RXEN, TXEN] = [0x80, 0x20, 0x02, 0x80, 0x20, 0x10, 0x08];
const [SMCR, SMCR_SE] = [0x33, 0x01]; // an I/O address
/** Where handlers put down what they see. */
const SEEN = 0x0300;
const HANDLER = 0x0400;
/** Counts the instructions behind the one that is looked at. */
const COUNTER = 17;
const count = (instructions: number): readonly number[] => Array<number>(instructions).fill(inc(COUNTER));

/** The empty data register asks for an interrupt at any time that they are enabled. */
const ASK_ALWAYS = [ldi(16, TXEN | UDRIE), ...sts(UCSRB, 16), ldi(COUNTER, 0)];

interface Program {
  readonly main: readonly number[];
  readonly onEmpty?: readonly number[];
  readonly onReceived?: readonly number[];
}

function chipWith({ main, onEmpty = [STOP], onReceived = [STOP] }: Program, data: AvrChipData = ATMEGA328P) {
  const flash = new Uint8Array(data.flashBytes).fill(0xff);
  const words = new Uint16Array(flash.buffer);
  words.set(main, data.bootAddress / 2);
  const jump = (vector: number, target: number): void => words.set([0x940c, target], vector);
  jump(data.vectors.received, HANDLER);
  jump(data.vectors.dataRegisterEmpty, HANDLER + 0x100);
  words.set(onReceived, HANDLER);
  words.set(onEmpty, HANDLER + 0x100);
  const faults: string[] = [];
  const line = new SerialLine(1389, () => chip.cycles, { ready: () => false, take: () => undefined });
  const host = { flash, line, onReset: () => undefined, onFault: (what: string) => void faults.push(what) };
  const chip: AvrChip = new AvrChip(data, 16e6, host, 'power');
  return {
    chip,
    faults,
    run: (cycles = 500) => chip.run(chip.cycles + cycles),
    byte: (address: number) => chip.readRam(address, 1)[0],
  };
}

const seen = [...sts(SEEN, COUNTER), STOP];

describe('an interrupt on an emulated ATmega', () => {
  it.each([
    ['SEI', [SEI]],
    ['OUT to the status register', [out(SREG - 0x20, 18)]],
    ['STS to the status register', sts(SREG, 18)],
    ['ST to the status register', [storeX(18)]],
  ])('that is enabled by %s waits for one more instruction', (_, enable) => {
    const main = [...ASK_ALWAYS, ldi(18, 0x80), ldi(26, SREG), ldi(27, 0), NOP, NOP, ...enable, ...count(4), STOP];
    for (const data of [ATMEGA328P, ATMEGA2560]) {
      const { run, byte } = chipWith({ main, onEmpty: seen }, data);
      run();
      expect(byte(SEEN)).toBe(1);
    }
  });

  it('lets one instruction of the program run behind RETI, even where they were enabled again before it', () => {
    for (const before of [[], [SEI]]) {
      // What is served within the second handler would be seen by the count of handlers.
      const main = [...ASK_ALWAYS, ldi(20, 0), SEI, ...count(3), CLI, STOP];
      const { run, byte } = chipWith({ main, onEmpty: [inc(20), ...before, RETI] });
      run();
      expect([byte(COUNTER), byte(20)]).toEqual([3, 3]);
    }
  });

  it('finds both halves of a stack pointer that is moved with the interrupts off', () => {
    // As compilers do it: `cli; out SPH; out SREG; out SPL`, from 0x0500 to 0x04F0.
    const move = [CLI, out(0x3e, 19), out(SREG - 0x20, 18), out(0x3d, 21)];
    const from = [ldi(19, 0x05), out(0x3e, 19), ldi(21, 0x00), out(0x3d, 21)];
    const main = [...ASK_ALWAYS, ...from, ldi(18, 0x80), ldi(19, 0x04), ldi(21, 0xf0), ...move, ...count(2), STOP];
    const { run, byte } = chipWith({ main, onEmpty: [push(COUNTER), STOP] });
    run();
    // The return address lies at 0x04EF and 0x04F0, so this is 0x04EE.
    expect(byte(0x04ee)).toBe(0);
    expect(byte(0x04f0) | (byte(0x04ef) << 8)).toBe(ATMEGA328P.bootAddress / 2 + main.length - 3);
  });

  it('never comes behind CLI', () => {
    const main = [...ASK_ALWAYS, SEI, CLI, ...count(4), STOP];
    const { run, byte } = chipWith({ main, onEmpty: seen });
    run();
    expect([byte(COUNTER), byte(SEEN)]).not.toContain(1);
  });

  it('comes in the order of the vectors, one instruction apart', () => {
    const enable = [ldi(16, RXCIE | UDRIE | RXEN | TXEN), ...sts(UCSRB, 16), ldi(COUNTER, 0)];
    const main = [...enable, ...Array<number>(40).fill(NOP), SEI, ...count(4), STOP];
    const onReceived = [...sts(SEEN + 1, COUNTER), ...lds(22, UDR), RETI];
    const { chip, run, byte } = chipWith({ main, onEmpty: seen, onReceived });
    run(20);
    chip.receive(0x5a);
    run();
    expect([byte(SEEN + 1), byte(SEEN), byte(22)]).toEqual([1, 2, 0x5a]);
  });

  it.each([
    ['four cycles on an ATmega328P', ATMEGA328P, 4],
    ['five on an ATmega2560, whose return addresses have three bytes', ATMEGA2560, 5],
  ])('takes %s', (_, data, cycles) => {
    const main = [...ASK_ALWAYS, SEI, NOP, NOP];
    const { chip, run } = chipWith({ main }, data);
    run(5); // up to SEI
    const before = chip.cycles;
    run(1);
    expect(chip.cycles - before).toBe(1 + cycles);
  });
});

describe('an emulated ATmega told to sleep', () => {
  const enable = [ldi(16, SMCR_SE), out(SMCR, 16)];

  it('goes on where sleep is not enabled', () => {
    const { run, byte } = chipWith({ main: [ldi(COUNTER, 0), SLEEP, ...count(2), STOP] });
    expect(run()).toBe(true);
    expect(byte(COUNTER)).toBe(2);
  });

  it('sleeps behind SEI before an interrupt that waits, which then wakes it', () => {
    const main = [...enable, ...ASK_ALWAYS, SEI, SLEEP, ...count(2), STOP];
    const { chip, run, byte } = chipWith({ main, onEmpty: seen });
    run(8); // up to SLEEP
    const before = chip.cycles;
    run(1);
    expect(chip.cycles - before).toBe(4 + 4);
    run();
    expect(byte(SEEN)).toBe(0);
    const { length } = main;
    const [low, high] = [byte(0x08ff), byte(0x08fe)];
    expect(low | (high << 8)).toBe(ATMEGA328P.bootAddress / 2 + length - 3);
  });

  it('never wakes while interrupts are off', () => {
    const { run, byte } = chipWith({ main: [...enable, ...ASK_ALWAYS, SLEEP, ...count(2), STOP], onEmpty: seen });
    expect(run()).toBe(false);
    expect(byte(COUNTER)).toBe(0);
  });

  it('is stopped where it would sleep deeper than the emulator can follow', () => {
    const { run, faults } = chipWith({ main: [ldi(16, SMCR_SE | 0x04), out(SMCR, 16), SLEEP, STOP] });
    expect(run()).toBe(false);
    expect(faults).toEqual([expect.stringContaining('sleeps deeper')]);
  });
});

describe('the flags of an emulated USART', () => {
  const receiverOn = [ldi(16, RXEN | TXEN), ...sts(UCSRB, 16), ...Array<number>(40).fill(NOP)];

  it.each([
    ['its speed is set', [ldi(16, U2X), ...sts(UCSRA, 16)]],
    ['its transmitter is switched', [ldi(16, RXEN), ...sts(UCSRB, 16)]],
  ])('keep a byte that waits while %s', (_, change) => {
    const { chip, run, byte } = chipWith({
      main: [...receiverOn, ...change, ...lds(20, UCSRA), ...lds(21, UDR), STOP],
    });
    run(20);
    chip.receive(0x5a);
    run();
    expect([byte(20) & (RXC | UDRE), byte(21)]).toEqual([RXC | UDRE, 0x5a]);
    expect(chip.receiverReady).toBe(true);
  });

  it('drop it when the receiver is switched off', () => {
    const { chip, run, byte } = chipWith({
      main: [...receiverOn, ldi(16, TXEN), ...sts(UCSRB, 16), ...lds(20, UCSRA), STOP],
    });
    run(20);
    chip.receive(0x5a);
    run();
    expect(byte(20) & RXC).toBe(0);
  });
});
