import type { Clock } from './clock.js';

/** Phases of a flash session, in order. */
export const FLASH_PHASES = ['hello', 'erase', 'write', 'verify', 'self-test', 'confirm'] as const;
export type FlashPhase = (typeof FLASH_PHASES)[number];

export interface FlashProgress {
  readonly phase: FlashPhase;
  /** Bytes that the device has stored. */
  readonly bytes: number;
  readonly totalBytes: number;
  /** Average since writing began; undefined before. */
  readonly bytesPerSecond: number | undefined;
  /** Seconds until all is written at that rate; undefined while it is not known. */
  readonly secondsLeft: number | undefined;
}

/** Watches the phases of one flash session: reports progress and takes the times. */
export class FlashProgressMeter {
  readonly #clock: Clock;
  readonly #totalBytes: number;
  readonly #onProgress: (progress: FlashProgress) => void;
  readonly #timesMs = new Map<FlashPhase, number>();
  #phase: FlashPhase = 'hello';
  #phaseStartMs: number;
  #bytes = 0;

  constructor(clock: Clock, totalBytes: number, onProgress: (progress: FlashProgress) => void) {
    this.#clock = clock;
    this.#totalBytes = totalBytes;
    this.#onProgress = onProgress;
    this.#phaseStartMs = clock.now();
    this.#report();
  }

  enter(phase: FlashPhase): void {
    this.end();
    this.#phase = phase;
    this.#report();
  }

  stored(bytes: number): void {
    this.#bytes = bytes;
    this.#report();
  }

  /** Ends the current phase; gives the milliseconds that each phase took so far. */
  end(): Readonly<Record<FlashPhase, number>> {
    const nowMs = this.#clock.now();
    this.#timesMs.set(this.#phase, nowMs - this.#phaseStartMs);
    this.#phaseStartMs = nowMs;
    const times = FLASH_PHASES.map((phase) => [phase, this.#timesMs.get(phase) ?? 0] as const);
    return Object.fromEntries(times) as Record<FlashPhase, number>;
  }

  #report(): void {
    const writingMs =
      this.#timesMs.get('write') ?? (this.#phase === 'write' ? this.#clock.now() - this.#phaseStartMs : 0);
    const bytesPerSecond = writingMs > 0 && this.#bytes > 0 ? (1000 * this.#bytes) / writingMs : undefined;
    this.#onProgress({
      phase: this.#phase,
      bytes: this.#bytes,
      totalBytes: this.#totalBytes,
      bytesPerSecond,
      secondsLeft: bytesPerSecond === undefined ? undefined : (this.#totalBytes - this.#bytes) / bytesPerSecond,
    });
  }
}
