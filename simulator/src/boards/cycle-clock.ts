/** A callback at a time. */
export interface Alarm {
  schedule(deltaNanos: number): void;
  cancel(): void;
}

/**
 * Simulated time, derived from a cycle counter. Advancing it after every instruction would cost more than the
 * instructions.
 */
export class CycleClock {
  readonly frequency: number;
  readonly #cycles: () => number;
  readonly #onSchedule: () => void;
  /** Cycle at which each alarm fires. */
  readonly #alarms = new Map<() => void, number>();

  /**
   * Makes a clock.
   * @param cycles gives the cycle counter
   * @param onSchedule called when an alarm may have become the next one
   */
  constructor(frequency: number, cycles: () => number, onSchedule: () => void) {
    this.frequency = frequency;
    this.#cycles = cycles;
    this.#onSchedule = onSchedule;
  }

  get nanos(): number {
    return (this.#cycles() * 1e9) / this.frequency;
  }

  get micros(): number {
    return this.nanos / 1000;
  }

  createAlarm(callback: () => void): Alarm {
    // Every alarm needs an identity of its own, even if two share a callback.
    const fire = (): void => callback();
    return {
      schedule: (deltaNanos) => {
        this.#alarms.set(fire, this.#cycles() + Math.ceil((deltaNanos * this.frequency) / 1e9));
        this.#onSchedule();
      },
      cancel: () => void this.#alarms.delete(fire),
    };
  }

  /** The cycle of the next alarm; infinite if there is none. */
  get nextAlarm(): number {
    let next = Infinity;
    for (const cycle of this.#alarms.values()) if (cycle < next) next = cycle;
    return next;
  }

  /** Fires the alarms that are due. */
  fire(): void {
    const now = this.#cycles();
    for (const [fire, cycle] of [...this.#alarms]) {
      if (cycle > now) continue;
      this.#alarms.delete(fire);
      fire();
    }
  }
}
