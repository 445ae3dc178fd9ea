import { CancelledError } from '../errors.js';

const SLICE_MS = 50;

/** Breathing space for the event loop in long work, so that progress can be drawn and Ctrl-C heard. */
export class Breath {
  private last = performance.now();

  /** @param what is cancelled, to begin a sentence with */
  constructor(
    private readonly what: string,
    private readonly signal?: AbortSignal,
  ) {}

  get isDue(): boolean {
    return performance.now() - this.last > SLICE_MS;
  }

  /** @throws CancelledError once the signal has fired */
  async take(cycle: number): Promise<void> {
    await new Promise((resume) => setTimeout(resume, 0));
    this.check(cycle);
    this.last = performance.now();
  }

  /** @throws CancelledError once the signal has fired */
  check(cycle: number): void {
    if (this.signal?.aborted === true) throw new CancelledError(`${this.what} cancelled in cycle ${cycle}.`, { cycle });
  }
}
