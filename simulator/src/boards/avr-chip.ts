import {
  AVRClock,
  AVRTimer,
  AVRWatchdog,
  CPU,
  avrInstruction,
  clockConfig,
  timer1Config,
  watchdogConfig,
} from 'avr8js';
import type { ChipHost, EmulatedChip } from './in-process-board.js';
import type { AvrChipData } from './avr-chip-data.js';
import { Interrupts } from './avr-interrupts.js';
import { SelfProgramming } from './avr-self-programming.js';
import { Usart } from './avr-usart.js';
import { RAM_AT_POWER_ON } from './ram.js';

const REGISTERS_BYTES = 0x100;
const MCUSR = 0x54;
const MCUSR_WDRF = 0x08;
const WDTCSR = 0x60;
const WDTCSR_WDCE = 0x10;
const WDTCSR_WDE = 0x08;
const SLEEP = 0x9588;
const SMCR = 0x53;
const SMCR_SE = 0x01;
const SMCR_MODE = 0x0e;
/** The step of simulated time while the core sleeps. */
const SLEEP_STEP_CYCLES = 8;

/** An ATmega from power-on to reset: core, flash that it programs itself, USART 0, timer 1 and watchdog. */
export class AvrChip implements EmulatedChip {
  readonly #cpu: CPU;
  readonly #program: Uint16Array;
  readonly #host: ChipHost;
  readonly #interrupts: Interrupts;
  readonly #usart: Usart;
  readonly #selfProgramming: SelfProgramming;
  #asleep = false;
  #running = true;

  constructor(chip: AvrChipData, clockHz: number, host: ChipHost, cause: 'power' | 'reset') {
    this.#host = host;
    this.#program = new Uint16Array(host.flash.buffer, host.flash.byteOffset, chip.flashBytes / 2);
    const cpu = new CPU(this.#program, chip.dataBytes);
    this.#cpu = cpu;
    cpu.data.fill(RAM_AT_POWER_ON, REGISTERS_BYTES);
    cpu.pc = chip.bootAddress / 2; // the fuse BOOTRST, as boards are sold
    this.#interrupts = new Interrupts(cpu);
    this.#usart = new Usart(cpu, chip.vectors, clockHz, (byte) => host.line.transmit(byte));
    new AVRTimer(cpu, { ...timer1Config, ovfInterrupt: chip.vectors.timer1Overflow });
    new AVRWatchdog(cpu, watchdogConfig, new AVRClock(cpu, clockHz, clockConfig));
    this.#selfProgramming = new SelfProgramming(cpu, chip, clockHz, (what) => this.#fault(what));
    if (cause === 'reset') {
      // 11.8.2: the watchdog has reset the chip, sets its flag, and stays on.
      cpu.data[MCUSR] |= MCUSR_WDRF;
      cpu.writeData(WDTCSR, WDTCSR_WDCE | WDTCSR_WDE);
      cpu.writeData(WDTCSR, WDTCSR_WDE);
    }
    cpu.reset = () => {
      this.stop();
      host.onReset();
    };
  }

  get cycles(): number {
    return this.#cpu.cycles;
  }

  get receiverReady(): boolean {
    return this.#usart.ready;
  }

  receive(byte: number): void {
    this.#usart.receive(byte);
  }

  readRam(address: number, length: number): Uint8Array {
    return this.#cpu.data.slice(address, address + length);
  }

  run(until: number): boolean {
    const cpu = this.#cpu;
    const { line } = this.#host;
    while (cpu.cycles < until && this.#running) {
      line.advance();
      const next = line.nextEvent;
      const deadline = Math.min(until, next);
      if (!this.#asleep) this.#execute(deadline);
      else if (!this.#wakes() && next === Infinity) return false;
      else this.#sleep(deadline);
    }
    return this.#running;
  }

  /** Runs instructions up to the deadline, or until the core sleeps. */
  #execute(deadline: number): void {
    const cpu = this.#cpu;
    const program = this.#program;
    const selfProgramming = this.#selfProgramming;
    const interrupts = this.#interrupts;
    const execute = avrInstruction; // an import may be looked up at every call
    while (cpu.cycles < deadline && this.#running) {
      const instruction = program[cpu.pc];
      if (instruction === SLEEP && this.#sleeps()) return;
      const mayFollow = interrupts.mayFollow(instruction);
      execute(cpu);
      interrupts.pass(mayFollow);
      if (selfProgramming.busy) selfProgramming.checkProgramCounter();
    }
  }

  /** Puts the core to sleep if SMCR enables that. Otherwise SLEEP does nothing. */
  #sleeps(): boolean {
    const cpu = this.#cpu;
    if ((cpu.data[SMCR] & SMCR_SE) === 0) return false;
    if ((cpu.data[SMCR] & SMCR_MODE) !== 0) this.#fault('the core sleeps deeper than the emulator can (mode idle)');
    cpu.pc++;
    cpu.cycles++;
    this.#asleep = true;
    return true;
  }

  #wakes(): boolean {
    this.#asleep = !this.#interrupts.wakes();
    return !this.#asleep;
  }

  #sleep(deadline: number): void {
    while (this.#asleep && this.#cpu.cycles < deadline) {
      this.#cpu.cycles += SLEEP_STEP_CYCLES;
      this.#wakes();
    }
  }

  stop(): void {
    this.#running = false;
  }

  #fault(what: string): void {
    this.stop();
    this.#host.onFault(`${what}, at 0x${(2 * this.#cpu.pc).toString(16)}`);
  }
}
