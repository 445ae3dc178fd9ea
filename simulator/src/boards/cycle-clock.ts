/** Something that happens at a time. */
export interface Alarm {
  schedule(deltaNanos: number): void;
  cancel(): void;
}

/**
 * Simulated time, read off a cycle counter instead of being advanced after every instruction, which would cost more
 * than the instructions themselves.
 */
export class CycleClock {
  readonly frequency: number;
  readonly #cycles: () => number;
  readonly #onSchedule: () => void;
  /** Cycle at which each alarm fires. */
  readonly #alarms = new Map<() => void, number>();

  /** `cycles` is the counter; `onSchedule` is called when an alarm may have become the next one. */
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
    // Every alarm needs an identity of its own, even when two share a callback.
    const fire = (): void => callback();
    return {
      schedule: (deltaNanos) => {
        this.#alarms.set(fire, this.#cycles() + Math.ceil((deltaNanos * this.frequency) / 1e9));
        this.#onSchedule();
      },
      cancel: () => void this.#alarms.delete(fire),
    };
  }

  /** Cycle of the next alarm; infinite when there is none. */
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
