import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ADCMuxInputType,
  AVRADC,
  AVRIOPort,
  AVRSPI,
  AVRTimer,
  AVRWatchdog,
  AVRClock,
  CPU,
  PinState,
  adcConfig,
  avrInstruction,
  clockConfig,
  portBConfig,
  spiConfig,
  timer0Config,
  timer1Config,
  watchdogConfig,
} from 'avr8js';
import { Listeners, type Transport, type TransportError } from '@adiabit/sdk/device';
import { Usart } from '../../../simulator/src/boards/avr-usart.js';
import { ATMEGA2560, ATMEGA328P } from '../../../simulator/src/boards/testing/atmegas.js';
import { readProgram } from '../../../sdk/src/loaders/program.js';
import { boardEntry } from '../board-files.js';
import type { IspTarget } from './isp-target.js';

/** Where Debian's packages `arduino` (examples) and `arduino-core-avr` (the rest) lie. */
const ARDUINO = '/usr/share/arduino';
const SKETCH = `${ARDUINO}/examples/11.ArduinoISP/ArduinoISP/ArduinoISP.ino`;
const AVR = `${ARDUINO}/hardware/arduino/avr`;
const BOOT_LOADER = `${AVR}/bootloaders/optiboot/optiboot.c`;

/** What of Arduino's software is missing here. */
export const missingArduino = (): readonly string[] =>
  [SKETCH, BOOT_LOADER].every((file) => existsSync(file)) ? [] : ['arduino, arduino-core-avr'];

/** Compiles the sketch ArduinoISP as it comes with the IDE. @returns Intel HEX */
export function compileArduinoIsp(folder: string): Uint8Array {
  const source = join(folder, 'isp.cpp');
  // The IDE declares the functions of a sketch before its text.
  const declared = [
    'uint8_t write_flash_pages(int)',
    'uint8_t write_eeprom_chunk(unsigned, unsigned)',
    'void avrisp()',
  ];
  writeFileSync(
    source,
    ['#include <Arduino.h>', ...declared.map((one) => `${one};`), `#include "${SKETCH}"`, ''].join('\n'),
  );
  const core = (names: string): readonly string[] => names.split(' ').map((name) => `${AVR}/cores/arduino/${name}`);
  const size = ['-ffunction-sections', '-fdata-sections', '-Wl,--gc-sections', '-fno-exceptions'];
  const board = ['-DARDUINO=10819', '-DARDUINO_AVR_UNO', '-DARDUINO_ARCH_AVR'];
  const headers = [`${AVR}/cores/arduino`, `${AVR}/variants/standard`, `${AVR}/libraries/SPI/src`].map(
    (path) => `-I${path}`,
  );
  const inC = core('hooks.c wiring.c wiring_analog.c wiring_digital.c');
  const inCpp = core('main.cpp abi.cpp HardwareSerial.cpp HardwareSerial0.cpp Print.cpp Stream.cpp');
  const sources = ['-x', 'c', ...inC, '-x', 'c++', ...inCpp, `${AVR}/libraries/SPI/src/SPI.cpp`, source];
  return compile(folder, 'avr-g++', ['-std=gnu++11', ...size, ...board, ...headers, ...sources]);
}

/** Compiles the boot loader of the Uno. Its light does not flash first: so it fits into its section with any compiler. */
export function compileBootLoader(folder: string): Uint8Array {
  const sections = ['-Wl,--section-start=.text=0x7e00', '-Wl,--section-start=.version=0x7ffe', '-nostartfiles'];
  const size = ['-fno-inline-small-functions', '-fno-split-wide-types', '-mrelax', '-Wl,--relax'];
  const settings = ['-DLED_START_FLASHES=0', '-DBAUD_RATE=115200'];
  return compile(folder, 'avr-gcc', [...size, ...settings, ...sections, BOOT_LOADER]);
}

/** @returns Intel HEX */
function compile(folder: string, compiler: string, parameters: readonly string[]): Uint8Array {
  const [program, hex] = ['program.elf', 'program.hex'].map((name) => join(folder, name));
  execFileSync(compiler, ['-Os', '-w', '-mmcu=atmega328p', '-DF_CPU=16000000L', ...parameters, '-o', program]);
  execFileSync('avr-objcopy', ['-O', 'ihex', program, hex]);
  return readFileSync(hex);
}

const CLOCK_HZ = 16e6;
const SLICE_CYCLES = 200_000;
/** A byte at 19,200 bits per second: the sketch loses what comes faster. */
const BYTE_CYCLES = (10 * CLOCK_HZ) / 19_200;
const MCUSR = 0x54;
const EXTERNAL_RESET = 0x02;
const RESET_PIN = 2;

/** Word addresses of timer 0's interrupts on an ATmega2560 (table 14-1). */
const MEGA_TIMER0 = { compAInterrupt: 0x2a, compBInterrupt: 0x2c, ovfInterrupt: 0x2e } as const;

/** Which Arduino it is, and what is connected to it. */
export interface ArduinoSetting {
  /** The board (`uno`). */
  readonly board?: 'uno' | 'mega';
  /** Makes the chip at the SPI pins. */
  readonly makeTarget?: (nowMs: () => number) => IspTarget;
  /** Gives what the ADC reads at A0, A1, ...: 0 to 1023. */
  readonly analog?: (channel: number) => number;
}

/** An emulated Arduino after a press of its reset button, with a program of others in it. */
export class EmulatedArduino implements Transport {
  readonly description = 'emulated Arduino';
  readonly #cpu: CPU;
  readonly #usart: Usart;
  readonly #data = new Listeners<Uint8Array>();
  readonly #closed = new Listeners<TransportError | undefined>();
  #toDevice: number[] = [];
  #fromDevice: number[] = [];
  #nextByteAt = 0;
  #timer: NodeJS.Immediate | undefined;

  /** @param startAt byte address of the first instruction */
  constructor(image: Uint8Array, startAt: number, { board = 'uno', makeTarget, analog }: ArduinoSetting = {}) {
    const chip = board === 'uno' ? ATMEGA328P : ATMEGA2560;
    const flash = new Uint8Array(chip.flashBytes).fill(0xff);
    for (const { address, bytes } of readProgram(boardEntry(board), image)) flash.set(bytes, address);
    const cpu = new CPU(new Uint16Array(flash.buffer), chip.dataBytes);
    this.#cpu = cpu;
    cpu.pc = startAt / 2;
    cpu.data[MCUSR] = EXTERNAL_RESET;
    new AVRTimer(cpu, board === 'uno' ? timer0Config : { ...timer0Config, ...MEGA_TIMER0 });
    new AVRTimer(cpu, timer1Config);
    new AVRWatchdog(cpu, watchdogConfig, new AVRClock(cpu, CLOCK_HZ, clockConfig));
    this.#usart = new Usart(cpu, chip.vectors, CLOCK_HZ, (byte) => void this.#fromDevice.push(byte));
    if (makeTarget !== undefined) this.#connect(makeTarget(() => (cpu.cycles / CLOCK_HZ) * 1000));
    if (analog !== undefined) this.#connectAnalog(analog);
    this.#schedule();
  }

  #connect(target: IspTarget): void {
    const cpu = this.#cpu;
    const spi = new AVRSPI(cpu, spiConfig, CLOCK_HZ);
    spi.onByte = (byte) => {
      const answer = target.transfer(byte);
      cpu.addClockEvent(() => spi.completeTransfer(answer), spi.transferCycles);
    };
    const port = new AVRIOPort(cpu, portBConfig);
    let isHeld = false;
    port.addListener(() => {
      const isLow = port.pinState(RESET_PIN) === PinState.Low;
      if (isLow !== isHeld) target.hold(isLow);
      isHeld = isLow;
    });
  }

  #connectAnalog(analog: (channel: number) => number): void {
    const cpu = this.#cpu;
    const adc = new AVRADC(cpu, adcConfig);
    adc.onADCRead = (input) => {
      const value = input.type === ADCMuxInputType.SingleEnded ? analog(input.channel) : 0;
      cpu.addClockEvent(() => adc.completeADCRead(value), adc.sampleCycles);
    };
  }

  #schedule(): void {
    this.#timer = setImmediate(() => {
      const cpu = this.#cpu;
      for (const until = cpu.cycles + SLICE_CYCLES; cpu.cycles < until;) {
        if (this.#toDevice.length > 0 && cpu.cycles >= this.#nextByteAt && this.#usart.ready) {
          this.#usart.receive(this.#toDevice.shift()!);
          this.#nextByteAt = cpu.cycles + BYTE_CYCLES;
        }
        avrInstruction(cpu);
        cpu.tick();
      }
      const bytes = Uint8Array.from(this.#fromDevice);
      this.#fromDevice = [];
      this.#schedule();
      if (bytes.length > 0) this.#data.emit(bytes);
    });
  }

  write(bytes: Uint8Array): Promise<void> {
    this.#toDevice.push(...bytes);
    return Promise.resolve();
  }

  onData = (listener: (bytes: Uint8Array) => void): (() => void) => this.#data.add(listener);
  onClose = (listener: (error: TransportError | undefined) => void): (() => void) => this.#closed.add(listener);

  close(): Promise<void> {
    clearImmediate(this.#timer);
    return Promise.resolve();
  }
}
