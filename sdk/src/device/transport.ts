import type { TransportError } from './errors.js';

/** A pipe of bytes to one device. It keeps their order and says nothing about their content. */
export interface Transport {
  /** The path of the port, or other words that tell a person where this leads. For messages. */
  readonly description: string;
  /** Rate of the line where it is known; waiting times grow with it. */
  readonly bytesPerSecond?: number;
  /** How much slower than real hardware the device may be (an emulated board is). If absent, 1. */
  readonly patience?: number;
  /**
   * Hands bytes over. Resolves when more may be written, which need not mean that these have left.
   * @throws TransportError when the transport is closed or breaks.
   */
  write(bytes: Uint8Array): Promise<void>;
  /** Calls `listener` with every piece that arrives; returns a function that stops it. */
  onData(listener: (bytes: Uint8Array) => void): () => void;
  /** Calls `listener` once when the pipe has ended, with an error unless it was closed from this side. */
  onClose(listener: (error: TransportError | undefined) => void): () => void;
  /** Ends the pipe; harmless when it has ended. */
  close(): Promise<void>;
}

/** A set of listeners; adding one returns the function that removes it. */
export class Listeners<T> {
  readonly #listeners = new Set<(value: T) => void>();

  add(listener: (value: T) => void): () => void {
    const own = (value: T): void => listener(value);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  emit(value: T): void {
    for (const listener of [...this.#listeners]) listener(value);
  }
}
