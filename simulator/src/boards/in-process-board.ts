import type { EmulatedBoard } from './board.js';
import { SerialLine } from './serial-line.js';

const BITS_PER_BYTE = 10;

/** The start values of an emulated board in this process. */
export interface InProcessStart {
  /** The firmware, as `images/` has it for this emulator. */
  readonly image: Uint8Array;
  /** The flash of an earlier board (`readFlash()`). If absent, it is erased. */
  readonly flash?: Uint8Array;
  /** The id of the chip, where the emulator can be told: the first 8 bytes on a Pico. If absent, zeros. */
  readonly chipId?: Uint8Array;
  /** Gives what the ADC reads at an input, 0 to 4095, on a Pico. If absent, it reads 0. */
  readonly analog?: (channel: number) => number;
  /**
   * Where the line is connected, on a Pico: to its UART, or to its USB port, which a host has found and opened (`uart`).
   */
  readonly connector?: 'uart' | 'usb';
  /**
   * The cycles between two turns of the event loop: the longest delay until the host sees a byte (about 20 ms of its
   * time).
   */
  readonly sliceCycles?: number;
}

/** The surroundings of an emulated chip. */
export interface ChipHost {
  /** The flash, one array for all resets of the board. */
  readonly flash: Uint8Array;
  /** The line at its UART. */
  readonly line: SerialLine;
  /** Called when the program resets the chip. The board then builds a new one. */
  onReset(): void;
  /** Called when the program does what would stop real hardware. */
  onFault(what: string): void;
}

/** A microcontroller that is emulated in this process, from power-on to reset. */
export interface EmulatedChip {
  /** The cycles since the reset. */
  readonly cycles: number;
  /** Whether the UART can take a byte. */
  readonly receiverReady: boolean;
  receive(byte: number): void;
  /** Copies `length` bytes of RAM from `address`, as the program addresses it. */
  readRam(address: number, length: number): Uint8Array;
  /**
   * Runs up to a cycle. Returns false if the core sleeps and no byte on the line will wake it, or if it has stopped for
   * good.
   */
  run(until: number): boolean;
  stop(): void;
}

export interface InProcessOptions {
  readonly id: string;
  readonly baudRate: number;
  readonly clockHz: number;
  /**
   * The cycles between two turns of the event loop. It is a number of cycles, not a time, so that results do not depend
   * on the host.
   */
  readonly sliceCycles: number;
  readonly flash: Uint8Array;
  readonly powerOn: (host: ChipHost, cause: 'power' | 'reset') => EmulatedChip;
}

/** An emulated board in this process. It has a serial line and a clock, and reports faults of its program. */
export interface InProcessBoard extends EmulatedBoard {
  readonly clockHz: number;
  /** The clock cycles since power-on. They depend on what was sent and run, not on the speed of the host. */
  readonly cycles: number;
  /** What the firmware did that would stop real hardware; undefined if nothing. */
  readonly fault: string | undefined;
  /** Sends bytes to the device; they arrive at the line rate. The queue has no limit. */
  write(bytes: Uint8Array): void;
  /** Calls `listener` with bytes from the device; returns a function that stops it. */
  onData(listener: (bytes: Uint8Array) => void): () => void;
  /** Cuts the power and restores it: RAM is lost, flash is kept. */
  powerCycle(): void;
  readFlash(): Uint8Array;
  /** Copies RAM. Bytes that the program never wrote are `RAM_AT_POWER_ON`. */
  readRam(address: number, length: number): Uint8Array;
  /** Stops the emulation; nothing is called afterwards. */
  close(): void;
}

/** Runs a chip, its flash and its line in slices between the events of the host. */
export class InProcessMachine implements InProcessBoard {
  readonly id: string;
  readonly baudRate: number;
  readonly clockHz: number;
  fault: string | undefined;
  readonly #options: InProcessOptions;
  readonly #line: SerialLine;
  readonly #listeners = new Set<(bytes: Uint8Array) => void>();
  #chip: EmulatedChip;
  /** The cycles before the last reset. */
  #earlierCycles = 0;
  #resetWanted = false;
  #scheduled: NodeJS.Immediate | undefined;
  #closed = false;

  constructor(options: InProcessOptions) {
    this.id = options.id;
    this.baudRate = options.baudRate;
    this.clockHz = options.clockHz;
    this.#options = options;
    this.#line = new SerialLine(
      Math.round((options.clockHz * BITS_PER_BYTE) / options.baudRate),
      // The line uses the time of the current chip. A new chip starts with an empty transmitter.
      () => this.#chip.cycles,
      { ready: () => this.#chip.receiverReady, take: (byte) => this.#chip.receive(byte) },
    );
    this.#chip = this.#powerOn('power');
    this.#schedule();
  }

  get cycles(): number {
    return this.#earlierCycles + this.#chip.cycles;
  }

  write(bytes: Uint8Array): void {
    if (this.#closed) return;
    this.#line.write(bytes);
    this.#schedule();
  }

  onData(listener: (bytes: Uint8Array) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  powerCycle(): void {
    if (this.#closed) return;
    this.#line.cutReceiver();
    this.#restart('power');
    this.#schedule();
  }

  readFlash(): Uint8Array {
    return this.#options.flash.slice();
  }

  readRam(address: number, length: number): Uint8Array {
    return this.#chip.readRam(address, length);
  }

  close(): void {
    this.#closed = true;
    this.#chip.stop();
    this.#listeners.clear();
    if (this.#scheduled) clearImmediate(this.#scheduled);
    this.#scheduled = undefined;
  }

  #powerOn(cause: 'power' | 'reset'): EmulatedChip {
    const host: ChipHost = {
      flash: this.#options.flash,
      line: this.#line,
      onReset: () => (this.#resetWanted = true),
      onFault: (what) => (this.fault ??= what),
    };
    return this.#options.powerOn(host, cause);
  }

  #restart(cause: 'power' | 'reset'): void {
    this.#resetWanted = false;
    this.#chip.stop();
    this.#earlierCycles += this.#chip.cycles;
    this.#chip = this.#powerOn(cause);
    this.#line.restartTime();
  }

  #schedule(): void {
    if (this.#closed) return;
    this.#scheduled ??= setImmediate(() => {
      this.#scheduled = undefined;
      this.#slice();
    });
  }

  /** Runs one slice. Simulated time stands still while the core sleeps and the line is quiet. */
  #slice(): void {
    const awake = this.#chip.run(this.#chip.cycles + this.#options.sliceCycles);
    if (this.#resetWanted) this.#restart('reset');
    const delivered = this.#line.takeDelivered();
    if (awake || this.#line.transmitting || this.#chip.cycles === 0) this.#schedule();
    if (delivered.length > 0) for (const listener of [...this.#listeners]) listener(delivered);
  }
}
