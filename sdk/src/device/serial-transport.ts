import type { BindingInterface } from '@serialport/bindings-interface' with { 'resolution-mode': 'require' };
import { SerialPortStream } from '@serialport/stream';
import { AdiabitError } from '@adiabit/simulator/errors';
import { systemClock, sleep, type Clock } from './clock.js';
import { TransportError } from './errors.js';
import { busyPort } from './port-holder.js';
import { forbiddenPort } from './port-permission.js';
import { lostPort, openFailure } from './port-errors.js';
import { Listeners, type Transport } from './transport.js';

export interface SerialTransportOptions {
  readonly path: string;
  /** Bits per second. */
  readonly baudRate: number;
  /** Anything that opens ports: the operating system's, or one with an emulated board behind it. */
  readonly binding: BindingInterface;
  readonly patience?: number;
  readonly clock?: Clock;
}

/** A port that was closed a moment ago can still be locked on Linux. */
const BUSY_RETRIES = 5;
const BUSY_RETRY_MS = 100;
const BITS_PER_BYTE = 10;

/**
 * Opens a serial port. Lines for modem control are left alone: a pseudo terminal has none.
 * @throws TransportError `not-found`, `port-busy` (after a few tries), `permission-denied` or `disconnected`.
 */
export async function openSerialTransport(options: SerialTransportOptions): Promise<Transport> {
  const clock = options.clock ?? systemClock;
  for (let tries = 0; ; tries++) {
    try {
      return new SerialTransport(await openStream(options), options);
    } catch (cause) {
      if (cause instanceof AdiabitError && cause.code !== 'transport.port-busy') throw cause;
      const error = cause instanceof AdiabitError ? cause : openFailure(options.path, cause);
      if (error.code !== 'transport.port-busy' || tries === BUSY_RETRIES) throw await explained(options.path, error);
      await sleep(clock, BUSY_RETRY_MS);
    }
  }
}

/** Adds to a failure what can be found out about it: who holds the port, which group is missing. */
function explained(path: string, error: AdiabitError): Promise<AdiabitError> | AdiabitError {
  // An emulated board says who holds it by itself.
  if (!(error instanceof TransportError) || 'holder' in error.details) return error;
  if (error.kind === 'port-busy') return busyPort(path, error);
  return error.kind === 'permission-denied' ? forbiddenPort(path, error) : error;
}

function openStream({ binding, path, baudRate }: SerialTransportOptions): Promise<SerialPortStream> {
  return new Promise((resolve, reject) => {
    const stream = new SerialPortStream({ binding, path, baudRate, autoOpen: false });
    stream.open((error) => {
      if (error) reject(error);
      else resolve(stream);
    });
  });
}

class SerialTransport implements Transport {
  readonly description: string;
  readonly bytesPerSecond: number;
  readonly patience?: number;
  readonly #stream: SerialPortStream;
  readonly #data = new Listeners<Uint8Array>();
  readonly #closed = new Listeners<TransportError | undefined>();
  #ended: TransportError | undefined;
  /** The device went away by itself: closing what is gone cannot fail. */
  #isLost = false;
  #closing: Promise<void> | undefined;

  constructor(stream: SerialPortStream, { path, baudRate, patience }: SerialTransportOptions) {
    this.description = path;
    this.bytesPerSecond = baudRate / BITS_PER_BYTE;
    if (patience !== undefined) this.patience = patience;
    this.#stream = stream;
    // Without a data listener nothing reads, and then nothing notices that the device is gone.
    stream.on('data', (bytes: Buffer) => this.#data.emit(bytes));
    // A lost device shows as an error, as one close event or as two, depending on what was going on.
    stream.on('error', (error: Error) => this.#lost(error));
    stream.on('close', (error?: Error | null) => this.#lost(error));
  }

  write(bytes: Uint8Array): Promise<void> {
    if (this.#ended) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      const roomLeft = this.#stream.write(Buffer.from(bytes), (error) => {
        if (error) reject(lostPort(this.description, error));
      });
      if (roomLeft) {
        resolve();
        return;
      }
      const stopWaiting = this.onClose(() => reject(this.#ended ?? lostPort(this.description)));
      this.#stream.once('drain', () => {
        stopWaiting();
        resolve();
      });
    });
  }

  onData = (listener: (bytes: Uint8Array) => void): (() => void) => this.#data.add(listener);
  onClose = (listener: (error: TransportError | undefined) => void): (() => void) => this.#closed.add(listener);

  close(): Promise<void> {
    this.#closing ??= new Promise((resolve, reject) => {
      this.#end(undefined);
      if (!this.#stream.isOpen) resolve();
      else this.#stream.close((error) => (error && !this.#isLost ? reject(error) : resolve()));
    });
    return this.#closing;
  }

  #lost(error: Error | null | undefined): void {
    this.#isLost = this.#ended === undefined;
    this.#end(lostPort(this.description, error));
    this.close().catch(() => undefined);
  }

  #end(error: TransportError | undefined): void {
    if (this.#ended) return;
    this.#ended =
      error ?? new TransportError('disconnected', `${this.description} has been closed. Open it again to go on.`);
    this.#closed.emit(error);
  }
}
