import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../clock.js';

/** A clock that stands still while anything is going on, then jumps to its next order: waiting costs no time. */
export class ManualClock implements Clock {
  #nowMs = 0;
  readonly #orders = new Set<{ readonly dueMs: number; readonly callback: () => void }>();

  readonly #isBusy: () => boolean | Promise<unknown>;

  /** `isBusy` says whether the other side has something left to do, or promises when it may be done. */
  constructor(isBusy: () => boolean | Promise<unknown>) {
    this.#isBusy = isBusy;
  }

  now = (): number => this.#nowMs;

  after(delayMs: number, callback: () => void): () => void {
    const order = { dueMs: this.#nowMs + delayMs, callback };
    this.#orders.add(order);
    return () => void this.#orders.delete(order);
  }

  /** Lets time pass until `work` is done; gives its result. */
  async until<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const done = work.finally(() => (isDone = true));
    done.catch(() => undefined);
    for (;;) {
      await nextTurn();
      if (isDone as boolean) return await done;
      const busy = this.#isBusy();
      if (busy !== false) {
        await busy;
        continue;
      }
      const next = [...this.#orders].sort((a, b) => a.dueMs - b.dueMs).at(0);
      if (!next) throw new Error('Nothing is left to happen, and the work is not done.');
      this.#orders.delete(next);
      this.#nowMs = next.dueMs;
      next.callback();
    }
  }
}
