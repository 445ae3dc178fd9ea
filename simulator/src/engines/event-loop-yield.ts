import { CancelledError } from '../errors.js';

/** The longest time that work keeps the event loop waiting. */
const SLICE_MS = 50;

/** Lets long work yield to the event loop, so that progress is drawn and a cancellation is noticed. */
export class EventLoopYield {
  #last = performance.now();

  readonly #what: string;
  readonly #signal: AbortSignal | undefined;

  /** @param what names the work; the message of the error begins with it */
  constructor(what: string, signal?: AbortSignal) {
    this.#what = what;
    this.#signal = signal;
  }

  /** Whether the work has run for 50 ms since the last yield. */
  get isDue(): boolean {
    return performance.now() - this.#last > SLICE_MS;
  }

  /**
   * Waits until the event loop has turned once.
   * @throws CancelledError if the signal is aborted
   */
  async yield(cycle: number): Promise<void> {
    await new Promise((resume) => setTimeout(resume, 0));
    this.check(cycle);
    this.#last = performance.now();
  }

  /** @throws CancelledError if the signal is aborted */
  check(cycle: number): void {
    if (this.#signal?.aborted === true)
      throw new CancelledError(`${this.#what} cancelled in cycle ${cycle}.`, { cycle });
  }
}
