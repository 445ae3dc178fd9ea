import type {
  BindingInterface,
  BindingPortInterface,
  OpenOptions,
  PortStatus,
} from '@serialport/bindings-interface' with { 'resolution-mode': 'require' };
import type { EmulatedBoard, InProcessBoard, QemuBoard } from '@adiabit/simulator/boards';

/**
 * A source of an emulated board: it gives the board when the port is opened, and takes it back when the port is closed.
 */
export interface BoardSource {
  powerOn(path: string): Promise<EmulatedBoard>;
  powerOff(board: EmulatedBoard): Promise<void>;
}

/**
 * Makes a binding for serialport that opens an emulated board instead of a device file; everything above it is the code
 * that drives real hardware. The line has the board's own rate, whatever rate is asked for, as with USB.
 */
export const emulatedBinding = (source: BoardSource): BindingInterface => ({
  list: () => Promise.resolve([]),
  open: async (options) => {
    const board = await source.powerOn(options.path);
    // Asked of the board itself: asking the emulators' package would load them all with every command.
    if ('path' in board) return openQemu(board as QemuBoard, source, options);
    return new EmulatedPort(board as InProcessBoard, source, options);
  },
});

/** Opens the serial port that QEMU has opened, which takes the board with it when it is closed. */
async function openQemu(board: QemuBoard, source: BoardSource, options: OpenOptions): Promise<BindingPortInterface> {
  try {
    const { SerialPort } = await import('serialport');
    const port = await SerialPort.binding.open({ path: board.path, baudRate: options.baudRate });
    const closePort = port.close.bind(port);
    port.close = () => closePort().finally(() => source.powerOff(board));
    return port;
  } catch (error) {
    await source.powerOff(board);
    throw error;
  }
}

class CanceledError extends Error {
  readonly canceled = true;
}

interface PendingRead {
  readonly buffer: Buffer;
  readonly offset: number;
  readonly length: number;
  readonly resolve: (result: { buffer: Buffer; bytesRead: number }) => void;
  readonly reject: (error: Error) => void;
}

/** One open emulated board. */
export class EmulatedPort implements BindingPortInterface {
  readonly openOptions: Required<OpenOptions>;
  isOpen = true;
  readonly #board: InProcessBoard;
  readonly #source: BoardSource;
  readonly #stopListening: () => void;
  #received: Uint8Array[] = [];
  #pending: PendingRead | undefined;

  constructor(board: InProcessBoard, source: BoardSource, options: OpenOptions) {
    this.openOptions = { ...DEFAULTS, ...options };
    this.#board = board;
    this.#source = source;
    this.#stopListening = board.onData((bytes) => {
      this.#received.push(bytes.slice());
      this.#serveRead();
    });
  }

  read(buffer: Buffer, offset: number, length: number): Promise<{ buffer: Buffer; bytesRead: number }> {
    return new Promise((resolve, reject) => {
      if (!this.isOpen) throw new CanceledError('The port is closed.');
      this.#pending = { buffer, offset, length, resolve, reject };
      this.#serveRead();
    });
  }

  write(buffer: Buffer): Promise<void> {
    if (!this.isOpen) return Promise.reject(new CanceledError('The port is closed.'));
    this.#board.write(Uint8Array.from(buffer));
    return Promise.resolve();
  }

  async close(): Promise<void> {
    if (!this.isOpen) throw new Error('The port is not open.');
    this.isOpen = false;
    this.#stopListening();
    this.#pending?.reject(new CanceledError('The port was closed.'));
    this.#pending = undefined;
    await this.#source.powerOff(this.#board);
  }

  update = (): Promise<void> => Promise.resolve();
  set = (): Promise<void> => Promise.resolve();
  get = (): Promise<PortStatus> => Promise.resolve({ cts: true, dsr: true, dcd: true });
  getBaudRate = (): Promise<{ baudRate: number }> => Promise.resolve({ baudRate: this.#board.baudRate });
  drain = (): Promise<void> => Promise.resolve();
  flush = (): Promise<void> => {
    this.#received = [];
    return Promise.resolve();
  };

  #serveRead(): void {
    const pending = this.#pending;
    const bytes = this.#received.at(0);
    if (!pending || !bytes) return;
    this.#pending = undefined;
    const served = bytes.subarray(0, pending.length);
    pending.buffer.set(served, pending.offset);
    if (served.length === bytes.length) this.#received.shift();
    else this.#received[0] = bytes.subarray(served.length);
    pending.resolve({ buffer: pending.buffer, bytesRead: served.length });
  }
}

const DEFAULTS: Omit<Required<OpenOptions>, 'path' | 'baudRate'> = {
  dataBits: 8,
  lock: true,
  stopBits: 1,
  parity: 'none',
  rtscts: false,
  xon: false,
  xoff: false,
  xany: false,
  hupcl: true,
};
