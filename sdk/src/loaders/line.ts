import { CancelledError } from '@adiabit/simulator/errors';
import { sleep } from '../device/clock.js';
import { systemClock, throwIfCancelled, type Clock, type Transport, type TransportError } from '../device/index.js';
import { LoaderError } from './errors.js';
import type { LoaderOptions } from './progress.js';

/**
 * The line to a boot loader: bytes go out, and bytes that come in are asked for. Waiting ends when they are there, when
 * time is over, when the line breaks, and when the signal fires.
 */
export class LoaderLine {
  readonly where: string;
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #signal: AbortSignal | undefined;
  readonly #advice: string;
  readonly #stopListening: readonly (() => void)[];
  #received: readonly number[] = [];
  #lost: TransportError | undefined;
  #wake: () => void = () => undefined;

  /** @param advice what to do when nothing answers, a sentence */
  constructor(transport: Transport, advice: string, { signal, clock = systemClock }: LoaderOptions) {
    this.where = transport.description;
    this.#transport = transport;
    this.#clock = clock;
    this.#signal = signal;
    this.#advice = advice;
    const wake = (): void => this.#wake();
    signal?.addEventListener('abort', wake);
    this.#stopListening = [
      transport.onData((bytes) => {
        this.#received = [...this.#received, ...bytes];
        this.#wake();
      }),
      transport.onClose((error) => {
        this.#lost = error;
        this.#wake();
      }),
      () => signal?.removeEventListener('abort', wake),
    ];
  }

  /** Ends listening; the transport stays open. */
  release(): void {
    for (const stop of this.#stopListening) stop();
  }

  /** @throws CancelledError; TransportError when the line breaks */
  async write(bytes: Uint8Array | readonly number[]): Promise<void> {
    throwIfCancelled(this.#signal);
    await this.#transport.write(Uint8Array.from(bytes));
  }

  /** Forgets what has come and was not asked for. */
  discard(): void {
    this.#received = [];
  }

  /** Returns the next bytes, or undefined if they do not come in time. @throws as `write` does */
  async tryRead(count: number, timeoutMs: number): Promise<Uint8Array | undefined> {
    const deadlineMs = this.#clock.now() + timeoutMs;
    for (;;) {
      if (this.#signal?.aborted === true) throw new CancelledError();
      if (this.#received.length >= count) {
        const bytes = Uint8Array.from(this.#received.slice(0, count));
        this.#received = this.#received.slice(count);
        return bytes;
      }
      if (this.#lost !== undefined) throw this.#lost;
      const leftMs = deadlineMs - this.#clock.now();
      if (leftMs <= 0) return undefined;
      await this.#change(leftMs);
    }
  }

  /**
   * Returns the next bytes.
   * @param what names the request that they answer
   * @throws LoaderError `loader.no-answer`; as `write` does
   */
  async read(count: number, timeoutMs: number, what: string): Promise<Uint8Array> {
    const bytes = await this.tryRead(count, timeoutMs);
    if (bytes !== undefined) return bytes;
    throw this.silent(what, timeoutMs);
  }

  /** Returns the error for a request that nothing answered. */
  silent(what: string, timeoutMs: number): LoaderError {
    const message = `Nothing on ${this.where} answered ${what} within ${timeoutMs / 1000} s. ${this.#advice}`;
    return new LoaderError('no-answer', message, { port: this.where, request: what });
  }

  /** Waits. @throws CancelledError */
  async pause(delayMs: number): Promise<void> {
    throwIfCancelled(this.#signal);
    await sleep(this.#clock, delayMs);
    throwIfCancelled(this.#signal);
  }

  /** Waits until something happens on the line, at most some time. */
  #change(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.#clock.after(timeoutMs, resolve);
      this.#wake = () => {
        stop();
        resolve();
      };
    });
  }
}
