import type { BindingInterface } from '@serialport/bindings-interface' with { 'resolution-mode': 'require' };
import { SerialPortStream } from '@serialport/stream';
import { lostPort, openFailure } from '../device/port-errors.js';
import type { TransportError } from '../device/index.js';

/** What a program for the Web Serial API asks of a port, as far as esptool-js does. */
export interface WebSerialPort {
  readonly readable: ReadableStream<Uint8Array> | null;
  readonly writable: WritableStream<Uint8Array> | null;
  open(options: { readonly baudRate: number }): Promise<void>;
  close(): Promise<void>;
  setSignals(signals: { readonly dataTerminalReady?: boolean; readonly requestToSend?: boolean }): Promise<void>;
  getInfo(): { readonly usbVendorId?: number; readonly usbProductId?: number };
}

/** A serial port of this computer in the shape of the Web Serial API. */
export class NodeSerialPort implements WebSerialPort {
  readonly path: string;
  readable: ReadableStream<Uint8Array> | null = null;
  writable: WritableStream<Uint8Array> | null = null;
  /** Why the line broke, once it has. */
  lost: TransportError | undefined;
  readonly #binding: BindingInterface;
  #stream: SerialPortStream | undefined;
  /** Opening a port sets both. A line that is not named when others are set would be set again. */
  #lines = { dtr: true, rts: true };

  constructor(path: string, binding: BindingInterface) {
    this.path = path;
    this.#binding = binding;
  }

  /** @throws TransportError as `openSerialTransport` does */
  async open({ baudRate }: { readonly baudRate: number }): Promise<void> {
    const stream = new SerialPortStream({ binding: this.#binding, path: this.path, baudRate, autoOpen: false });
    await settled((done) => stream.open(done)).catch((cause: unknown) => {
      throw (this.lost = openFailure(this.path, cause));
    });
    this.#stream = stream;
    this.#lines = { dtr: true, rts: true };
    // Closing the port, and whoever cancels reading, ends the stream; a line that breaks is an error.
    let isRead = true;
    this.readable = new ReadableStream<Uint8Array>({
      start: (controller) => {
        const end = (error?: Error | null): void => {
          if (!isRead) return;
          isRead = false;
          if (this.#stream !== stream) controller.close();
          else controller.error((this.lost = lostPort(this.path, error)));
        };
        stream.on('data', (bytes: Buffer) => {
          if (isRead) controller.enqueue(Uint8Array.from(bytes));
        });
        stream.on('close', end);
        stream.on('error', end);
      },
      cancel: () => {
        isRead = false;
      },
    });
    this.writable = new WritableStream<Uint8Array>({
      write: (bytes) => settled((done) => void stream.write(Buffer.from(bytes), (error) => done(error ?? null))),
    });
  }

  async close(): Promise<void> {
    const stream = this.#stream;
    this.#stream = undefined;
    this.readable = null;
    this.writable = null;
    if (stream?.isOpen === true) await settled((done) => stream.close(done));
  }

  /** Sets lines for modem control. A port without them is none that resets its board: then hands do. */
  async setSignals(signals: { readonly dataTerminalReady?: boolean; readonly requestToSend?: boolean }): Promise<void> {
    const { dataTerminalReady: dtr = this.#lines.dtr, requestToSend: rts = this.#lines.rts } = signals;
    this.#lines = { dtr, rts };
    const stream = this.#stream;
    if (stream !== undefined) await settled((done) => stream.set(this.#lines, done)).catch(() => undefined);
  }

  getInfo = (): { readonly usbVendorId?: number; readonly usbProductId?: number } => ({});
}

const settled = (begin: (done: (error: Error | null) => void) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    begin((error) => (error === null ? resolve() : reject(error)));
  });
