import { spawn, type ChildProcess } from 'node:child_process';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Listeners, TransportError, type Transport } from '@adiabit/sdk/device';
import { HOST_BINARY } from './host-firmware.js';

/** Shape of a device's flash, in bytes. */
export interface FlashGeometry {
  readonly slots: 1 | 2;
  readonly sectorBytes: number;
  readonly pageBytes: number;
  readonly regionBytes: number;
}

/** How the flash operation ends in which the power fails: not begun, its first half done, scattered bits, done. */
export const TEARS = ['none', 'half', 'bits', 'done'] as const;
export type Tear = (typeof TEARS)[number];

/** The power fails in the operation that comes after so many. */
export interface PowerCut {
  readonly afterOperations: number;
  readonly tear: Tear;
}

/** Erases of each sector, the slots one behind the other, and how long the device has put erases off. */
export interface Wear {
  readonly erases: readonly number[];
  readonly waitedSeconds: number;
}

/** A device waits in steps of 1/256 s, and reads its counter at both ends of a step. */
const WAITS_PER_SECOND = 256;
const READINGS_PER_WAIT = 2;

const REQUEST = { powerOn: 0, line: 1, restart: 2, flash: 3, count: 4, decay: 5 } as const;
const HEAD_BYTES = 5;

/**
 * The real firmware in a process of its own, under the sanitizers, that lives one life after another: each request is
 * answered when the device has nothing left to do, so time can be simulated.
 */
export class DeviceRig {
  readonly #process: ChildProcess;
  readonly #waiting: ((reply: Uint8Array | Error) => void)[] = [];
  readonly #exited: Promise<number | null>;
  #received: Buffer = Buffer.alloc(0);
  #isHandingOver = false;
  #idle: Promise<unknown> = Promise.resolve();
  #pending = 0;
  /** Whether the device has power: not after a cut. */
  hasPower = false;
  /** What the sanitizers and the flash had to say. */
  errors = '';

  constructor(binary = HOST_BINARY) {
    this.#process = spawn(binary, ['rig'], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#process.stdin!.on('error', () => undefined); // a dead process: the exit says so
    this.#process.stderr!.on('data', (bytes: Buffer) => (this.errors += bytes.toString()));
    this.#process.stdout!.on('data', (bytes: Buffer) => this.#receive(bytes));
    this.#exited = new Promise((resolve) => {
      this.#process.once('close', (status) => {
        const lost = new Error(
          `The device process ended with status ${String(status)}.\n${this.errors.slice(0, 4000)}`,
        );
        for (const settle of this.#waiting.splice(0)) settle(lost);
        resolve(status);
      });
    });
  }

  /** False when the device has nothing left to do, or when it may be done. */
  isBusy = (): false | Promise<unknown> => this.#pending > 0 && this.#idle;

  /** Gives power to a new device with `flash`, erased when absent. */
  async powerOn(geometry: FlashGeometry, flash?: Uint8Array, cut?: PowerCut): Promise<void> {
    const { slots, sectorBytes, pageBytes, regionBytes } = geometry;
    const head = words(slots, sectorBytes, pageBytes, regionBytes, ...cutWords(cut));
    await this.#ask(REQUEST.powerOn, flash ? Buffer.concat([head, flash]) : head);
  }

  /** Takes the power away and gives it back. */
  async restart(cut?: PowerCut): Promise<void> {
    await this.#ask(REQUEST.restart, words(...cutWords(cut)));
  }

  /** Bytes to the device; gives those that it sends. */
  line(bytes: Uint8Array): Promise<Uint8Array> {
    return this.#ask(REQUEST.line, bytes);
  }

  readFlash(): Promise<Uint8Array> {
    return this.#ask(REQUEST.flash, new Uint8Array(0));
  }

  /** Changes bits of a byte in flash behind the device's back. */
  async decay(offset: number, bits: number): Promise<void> {
    await this.#ask(REQUEST.decay, Buffer.concat([words(offset), Uint8Array.of(bits)]));
  }

  /** Flash operations since the device was new. */
  async operations(): Promise<number> {
    return (await this.#counts())[0];
  }

  /** What the flash has been through since the device was new. */
  async wear(): Promise<Wear> {
    const [, readings, ...erases] = await this.#counts();
    return { erases, waitedSeconds: readings / READINGS_PER_WAIT / WAITS_PER_SECOND };
  }

  /** Sectors erased since then. */
  async erases(): Promise<number> {
    return (await this.wear()).erases.reduce((sum, erases) => sum + erases, 0);
  }

  async #counts(): Promise<readonly number[]> {
    const counts = Buffer.from(await this.#ask(REQUEST.count, new Uint8Array(0)));
    return Array.from({ length: counts.length / 4 }, (_, index) => counts.readUInt32LE(4 * index));
  }

  /** Ends the process; gives its exit status. */
  close(): Promise<number | null> {
    this.#process.stdin!.end();
    return this.#exited;
  }

  async #ask(kind: number, bytes: Uint8Array): Promise<Uint8Array> {
    const head = Buffer.alloc(HEAD_BYTES);
    head.writeUInt8(kind);
    head.writeUInt32LE(bytes.length, 1);
    const answered = new Promise<Uint8Array>((resolve, reject) => {
      this.#waiting.push((reply) => {
        this.#pending--;
        if (reply instanceof Error) reject(reply);
        else resolve(reply);
      });
    });
    this.#pending++;
    this.#idle = answered.catch(() => undefined);
    if (this.#process.exitCode !== null) this.#waiting.pop()?.(new Error('The device process has ended.'));
    else this.#process.stdin!.write(Buffer.concat([head, bytes]));
    return await answered;
  }

  #receive(bytes: Buffer): void {
    this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes]);
    if (!this.#isHandingOver) void this.#handOver();
  }

  /** How many replies one read of the pipe brings is chance. So each is acted on before the next one is seen. */
  async #handOver(): Promise<void> {
    this.#isHandingOver = true;
    while (this.#received.length >= HEAD_BYTES) {
      const end = HEAD_BYTES + this.#received.readUInt32LE(1);
      if (this.#received.length < end) break;
      this.hasPower = this.#received[0] === 1;
      const reply = Uint8Array.from(this.#received.subarray(HEAD_BYTES, end));
      this.#received = this.#received.subarray(end);
      this.#waiting.shift()?.(reply);
      await nextTurn();
    }
    this.#isHandingOver = false;
  }
}

/** The line to the device of a rig; it survives the device's power. */
export class RigLine implements Transport {
  readonly description = 'device rig';
  readonly #rig: DeviceRig;
  readonly #data = new Listeners<Uint8Array>();
  readonly #closed = new Listeners<TransportError | undefined>();
  #isOpen = true;
  /** Why the rig has no more to say; a crash is no fault of the line. */
  crash: unknown;
  /** Called when the device has lost its power over what was sent. */
  onPowerCut: (() => Promise<void>) | undefined;

  constructor(rig: DeviceRig) {
    this.#rig = rig;
  }

  write(bytes: Uint8Array): Promise<void> {
    this.#rig.line(bytes).then(
      (reply) => {
        if (!this.#isOpen) return;
        if (!this.#rig.hasPower) this.onPowerCut?.().catch((error: unknown) => (this.crash = error));
        if (reply.length > 0) this.#data.emit(reply);
      },
      (error: unknown) => {
        this.crash = error;
        this.#closed.emit(new TransportError('disconnected', 'The device process has ended.'));
      },
    );
    return Promise.resolve();
  }

  onData = (listener: (bytes: Uint8Array) => void): (() => void) => this.#data.add(listener);
  onClose = (listener: (error: TransportError | undefined) => void): (() => void) => this.#closed.add(listener);

  close(): Promise<void> {
    this.#isOpen = false;
    return Promise.resolve();
  }
}

const cutWords = (cut: PowerCut | undefined): number[] =>
  cut === undefined ? [-1, 0] : [cut.afterOperations, TEARS.indexOf(cut.tear)];

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => bytes.writeInt32LE(value, 4 * index));
  return bytes;
}
