import type { EmulatedBoard } from './board.js';
import { SerialLine } from './serial-line.js';

const BITS_PER_BYTE = 10;

/** What an emulated board of this process starts with. */
export interface InProcessStart {
  /** The firmware, as `images/` has it for this emulator. */
  readonly image: Uint8Array;
  /** Flash of an earlier board (`readFlash()`); erased when absent. */
  readonly flash?: Uint8Array;
  /** Cycles between two looks at the event loop: how late, at most, the host hears of a byte. Some 20 ms of its time by default. */
  readonly sliceCycles?: number;
}

/** What a chip has around it. */
export interface ChipHost {
  /** One array for all lives of the board. */
  readonly flash: Uint8Array;
  /** The line behind its UART. */
  readonly line: SerialLine;
  /** The program resets the chip: build a new one. */
  onReset(): void;
  /** The program did what would stop real hardware. */
  onFault(what: string): void;
}

/** One power-on life of a microcontroller that is emulated in this process. */
export interface EmulatedChip {
  /** Cycles of this life. */
  readonly cycles: number;
  /** Whether the UART can take a byte. */
  readonly receiverReady: boolean;
  receive(byte: number): void;
  /** A copy of `length` bytes of RAM from `address`, as the program addresses it. */
  readRam(address: number, length: number): Uint8Array;
  /** Runs up to the given cycle. Gives false when the core sleeps and nothing is on the line to wake it, or is lost. */
  run(until: number): boolean;
  stop(): void;
}

export interface InProcessOptions {
  readonly id: string;
  readonly baudRate: number;
  readonly clockHz: number;
  /** Cycles between two looks at the event loop: a count, not a time, so that nothing depends on the host. */
  readonly sliceCycles: number;
  readonly flash: Uint8Array;
  readonly powerOn: (host: ChipHost, cause: 'power' | 'reset') => EmulatedChip;
}

/** An emulated board that runs in this process: a serial line and a clock, and it says when its program goes astray. */
export interface InProcessBoard extends EmulatedBoard {
  readonly clockHz: number;
  /** Clock cycles since power-on. They depend on what was sent and run, never on the speed of the host. */
  readonly cycles: number;
  /** What the firmware did that would stop real hardware; undefined while all is well. */
  readonly fault: string | undefined;
  /** Sends bytes to the device; they arrive at the line rate. The queue has no limit. */
  write(bytes: Uint8Array): void;
  /** Calls `listener` with bytes from the device; returns a function that stops it. */
  onData(listener: (bytes: Uint8Array) => void): () => void;
  /** Takes the power away and gives it back: RAM is lost, flash is kept. */
  powerCycle(): void;
  readFlash(): Uint8Array;
  /** What the program never wrote is `RAM_AT_POWER_ON`. */
  readRam(address: number, length: number): Uint8Array;
  /** Stops the emulation; nothing is called afterwards. */
  close(): void;
}

/** A chip, its flash and its line, run slice by slice between the events of the host. */
export class InProcessMachine implements InProcessBoard {
  readonly id: string;
  readonly baudRate: number;
  readonly clockHz: number;
  fault: string | undefined;
  readonly #options: InProcessOptions;
  readonly #line: SerialLine;
  readonly #listeners = new Set<(bytes: Uint8Array) => void>();
  #chip: EmulatedChip;
  /** Cycles of the lives before this one. */
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
      // The line lives in the time of the chip that hangs on it now; a new chip starts with an empty transmitter.
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

  /** Runs for a while. Simulated time stands still while the core sleeps and the line is quiet. */
  #slice(): void {
    const awake = this.#chip.run(this.#chip.cycles + this.#options.sliceCycles);
    if (this.#resetWanted) this.#restart('reset');
    const delivered = this.#line.takeDelivered();
    if (awake || this.#line.transmitting || this.#chip.cycles === 0) this.#schedule();
    if (delivered.length > 0) for (const listener of [...this.#listeners]) listener(delivered);
  }
}
