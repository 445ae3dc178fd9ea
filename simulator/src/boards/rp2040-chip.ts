import { RP2040, type Logger, type Peripheral } from 'rp2040js';
import { BootRom } from './rp2040-boot-rom.js';
import { CycleClock } from './cycle-clock.js';
import type { ChipHost, EmulatedChip } from './in-process-board.js';
import { FlashCommands } from './rp2040-flash-commands.js';
import { RAM_AT_POWER_ON } from './ram.js';
import { Rp2040UsbHost } from './rp2040-usb-host.js';

/** Sections are those of the RP2040 datasheet. */
export const CLOCK_HZ = 125_000_000;
const UART_FIFO_BYTES = 32; // 4.2.2.3
const UART0 = 0x40034; // 4.2.8, address / 0x4000 * 4 as the emulator counts
const UART_FR = 0x18;
const UART_FR_BUSY = 1 << 3;
const UART_FR_TXFF = 1 << 5;
const UART_FR_RXFF = 1 << 6;
const UART_FR_TXFE = 1 << 7;
const SSI = 0x18000; // 4.10.13
const SSI_SSIENR = 0x08;
const SSI_DR0 = 0x60;
const IO_QSPI = 0x40018; // 2.19.6.2
const QSPI_SS_CTRL = 0x0c;
const WATCHDOG = 0x40058; // 4.7.6
const SRAM_BASE = 0x20000000;
/** 2.8.1.3.1: the boot ROM runs the second stage from the last 256 bytes of RAM. */
const BOOT2_AT = 0x20041f00;
const BOOT2_BYTES = 256;

/** More than a packet takes in the emulated controller. */
const USB_PACKET_CYCLES = 20 * (CLOCK_HZ / 1_000_000);

const NO_FLASH = new Uint8Array(0);

/** What is connected to the pins of an RP2040. */
export interface Rp2040Pins {
  readonly connector: 'uart' | 'usb';
  readonly analog?: (channel: number) => number;
}

/** An RP2040 from power-on to reset: core 0, RAM, and the peripherals that the firmware uses. */
export class Rp2040Chip implements EmulatedChip {
  readonly #chip: RP2040;
  readonly #clock: CycleClock;
  readonly #host: ChipHost;
  /** The inner loop runs up to this cycle. An action that may cause an earlier event sets it to 0. */
  #deadline = 0;
  #executeInPlace = true;
  readonly #usbHost: Rp2040UsbHost | undefined;
  #running = true;

  constructor(host: ChipHost, flashId: Uint8Array, { connector, analog }: Rp2040Pins) {
    this.#host = host;
    // The clock is read while the chip is still being constructed.
    const built: { chip?: RP2040 } = {};
    this.#clock = new CycleClock(
      CLOCK_HZ,
      () => built.chip?.core.cycles ?? 0,
      () => (this.#deadline = 0),
    );
    this.#chip = new RP2040(this.#clock);
    built.chip = this.#chip;
    this.#chip.logger = faultLogger((what) => this.#fault(what));
    this.#connectFlash(new FlashCommands(flashId));
    this.#connectUart();
    if (analog) this.#connectAnalog(analog);
    if (connector === 'usb') {
      this.#usbHost = new Rp2040UsbHost(this.#chip.usbCtrl, (byte) => {
        host.line.transmit(byte);
        this.#deadline = 0;
      });
    }
    this.#connectWatchdog();
    this.#boot();
  }

  /** The cycles since the reset. */
  get cycles(): number {
    return this.#chip.core.cycles;
  }

  /** Whether the connector can take a byte. */
  get receiverReady(): boolean {
    if (this.#usbHost) return this.#usbHost.ready;
    const [uart] = this.#chip.uart;
    return uart.enabled && uart.rxEnabled && (uart.flags & UART_FR_RXFF) === 0;
  }

  receive(byte: number): void {
    if (this.#usbHost) this.#usbHost.send(byte);
    else this.#chip.uart[0].feedByte(byte);
  }

  readRam(address: number, length: number): Uint8Array {
    return this.#chip.sram.slice(address - SRAM_BASE, address - SRAM_BASE + length);
  }

  /** Runs up to a cycle. Returns false if the core sleeps and no byte on the line will wake it. */
  run(until: number): boolean {
    const { core } = this.#chip;
    const { line } = this.#host;
    while (core.cycles < until && this.isRunning()) {
      line.advance();
      this.#clock.fire();
      // An interrupt that was pending before the core went to sleep wakes it, too.
      if (core.waiting && core.checkForInterrupts()) core.waiting = false;
      if (core.waiting) {
        const next = line.nextEvent;
        if (next === Infinity && !this.#isUsbBusy()) return false;
        core.cycles = Math.max(core.cycles, Math.min(next, this.#clock.nextAlarm));
        continue;
      }
      this.#deadline = Math.min(until, line.nextEvent, this.#clock.nextAlarm);
      this.#execute();
    }
    return this.isRunning();
  }

  /** Tells whether USB will wake the core. A packet takes 10 us, and no other alarm of the chip comes so soon. */
  #isUsbBusy(): boolean {
    if (this.#usbHost === undefined) return false;
    return this.#usbHost.busy || this.#clock.nextAlarm <= this.#chip.core.cycles + USB_PACKET_CYCLES;
  }

  /** Runs instructions up to the deadline, or until the core sleeps. */
  #execute(): void {
    const { core } = this.#chip;
    do core.executeInstruction();
    while (core.cycles < this.#deadline && !core.waiting);
  }

  /** Tells whether the chip still runs: false after a fault, a reset or a stop. */
  isRunning(): boolean {
    return this.#running;
  }

  stop(): void {
    this.#running = false;
    this.#deadline = 0;
  }

  #fault(what: string): void {
    this.stop();
    this.#host.onFault(`${what}, near 0x${this.#chip.core.PC.toString(16)}`);
  }

  /** Connects the flash: one array for all resets of the board. While it is busy, the chip cannot read it. */
  #connectFlash(commands: FlashCommands): void {
    const chip = this.#chip;
    const setExecuteInPlace = (on: boolean): void => {
      this.#executeInPlace = on;
      const flash = on ? this.#host.flash : NO_FLASH;
      const slot: { flash: Uint8Array; flashView: DataView } = chip;
      slot.flash = flash;
      slot.flashView = new DataView(flash.buffer, flash.byteOffset, flash.byteLength);
    };
    setExecuteInPlace(true);
    new BootRom({
      chip,
      flash: this.#host.flash,
      clockHz: CLOCK_HZ,
      setExecuteInPlace,
      isExecuteInPlace: () => this.#executeInPlace,
      passTime: (until) => {
        const next = Math.min(until, this.#host.line.nextEvent, this.#clock.nextAlarm);
        chip.core.cycles = Math.max(chip.core.cycles, next);
        this.#deadline = 0;
      },
      fault: (what) => this.#fault(what),
    });
    let answer = 0;
    chip.peripherals[SSI] = watched(chip.peripherals[SSI], {
      read: (offset, value) => (offset === SSI_DR0 && !this.#executeInPlace ? answer : value),
      wrote: (offset, value) => {
        if (offset === SSI_SSIENR && value === 1) setExecuteInPlace(true);
        if (offset === SSI_DR0) answer = commands.exchange(value);
      },
    });
    chip.peripherals[IO_QSPI] = watched(chip.peripherals[IO_QSPI], {
      wrote: (offset) => {
        if (offset === QSPI_SS_CTRL) commands.select();
      },
    });
  }

  /**
   * Connects the UART. The emulator's UART sends a byte in no time, so the flags are made from the state of the line.
   */
  #connectUart(): void {
    const { line } = this.#host;
    this.#chip.uart[0].onByte = (byte) => {
      line.transmit(byte);
      this.#deadline = 0;
    };
    this.#chip.peripherals[UART0] = watched(this.#chip.peripherals[UART0], {
      read: (offset, value) => {
        if (offset !== UART_FR) return value;
        const backlog = line.transmitterBacklog;
        if (backlog === 0) return value;
        return (value & ~UART_FR_TXFE) | UART_FR_BUSY | (backlog > UART_FIFO_BYTES ? UART_FR_TXFF : 0);
      },
    });
  }

  /** Connects the inputs of the ADC. The emulator's own conversion takes its 2 us, with the value of its channel. */
  #connectAnalog(analog: (channel: number) => number): void {
    const { adc } = this.#chip;
    const convert = adc.onADCRead;
    adc.onADCRead = (channel) => {
      adc.channelValues[channel] = analog(channel);
      convert(channel);
    };
  }

  #connectWatchdog(): void {
    const onWatchdogTrigger = (): void => {
      this.stop();
      this.#host.onReset();
    };
    Object.assign(this.#chip.peripherals[WATCHDOG], { onWatchdogTrigger });
  }

  /** Boots from good flash as the boot ROM does (2.8.1): copies the second stage to RAM and jumps to it. */
  #boot(): void {
    const { core, sram } = this.#chip;
    sram.fill(RAM_AT_POWER_ON);
    sram.set(this.#host.flash.subarray(0, BOOT2_BYTES), BOOT2_AT - SRAM_BASE);
    core.VTOR = 0;
    core.SP = BOOT2_AT;
    core.LR = 0;
    core.PC = BOOT2_AT;
  }
}

/**
 * Checks the boot block (2.8.1.3.1): CRC-32 most significant bit first, polynomial 0x04C11DB7, start 0xFFFFFFFF, no
 * final inversion.
 */
export function boot2Holds(image: Uint8Array): boolean {
  if (image.length < BOOT2_BYTES) return false;
  let crc = 0xffffffff;
  for (const byte of image.subarray(0, BOOT2_BYTES - 4)) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc & 0x80000000 ? 0x04c11db7 : 0);
  }
  return new DataView(image.buffer, image.byteOffset).getUint32(BOOT2_BYTES - 4, true) === crc >>> 0;
}

interface Watcher {
  read?(offset: number, value: number): number;
  wrote?(offset: number, value: number): void;
}

/** Wraps a peripheral so that a watcher sees its accesses. */
function watched(peripheral: Peripheral, watcher: Watcher): Peripheral {
  return {
    readUint32: (offset) => {
      const value = peripheral.readUint32(offset);
      return watcher.read ? watcher.read(offset, value) : value;
    },
    writeUint32: (offset, value) => {
      peripheral.writeUint32(offset, value);
      watcher.wrote?.(offset, value);
    },
    writeUint32Atomic: (offset, value, atomicType) => {
      peripheral.writeUint32Atomic(offset, value, atomicType);
      watcher.wrote?.(offset, value);
    },
  };
}

/**
 * Makes a logger that reports faults. Accesses outside memory and unknown instructions are hard faults on the chip; the
 * emulator only logs them.
 */
function faultLogger(fault: (what: string) => void): Logger {
  const ignore = (): void => undefined;
  return {
    debug: ignore,
    info: ignore,
    warn: (component, message) => {
      if (component === 'RP2040' || component === 'CortexM0Core') fault(message);
    },
    error: (_component, message) => fault(message),
  };
}
