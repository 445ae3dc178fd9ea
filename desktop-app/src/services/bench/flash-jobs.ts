import { randomUUID } from 'node:crypto';
import { decodeBitstream } from '@adiabit/simulator/bitstream';
import { AppError, CancelledError } from '@adiabit/simulator/errors';
import { checkTakes, flash, freeSlot, type FlashProgress } from '@adiabit/sdk/device';
import type { Fit, FlashJob } from '../../common/contract/flashing.js';
import { failureOf } from '../../common/failure.js';
import type { BenchDevice } from './device.js';

/** The jobs that are kept after they ended. */
const KEPT_JOBS = 200;

interface Job {
  readonly abort: AbortController;
  /** When the present step began. */
  stepFromMs: number;
  told: FlashJob;
}

/** Bitstreams on their way to devices: one job a device, side by side. */
export class FlashJobs {
  readonly #jobs = new Map<string, Job>();
  readonly #onChange: () => void;
  readonly #now: () => number;

  constructor(onChange: () => void, now: () => number = Date.now) {
    this.#onChange = onChange;
    this.#now = now;
  }

  list(): readonly FlashJob[] {
    return [...this.#jobs.values()].map(({ told }) => told);
  }

  /** Begins to write; returns at once. A device that is being written already makes a job that failed. */
  start(device: BenchDevice, bitstream: string, bytes: Uint8Array, slot: number | undefined): FlashJob {
    const fit = slot === undefined ? fitOf(device, bytes) : undefined;
    const expected = slot ?? (fit?.fits === true ? fit.slot : undefined);
    const told: FlashJob = {
      // Jobs of a process that was killed may still stand on the page.
      id: randomUUID(),
      device: device.place.id,
      bitstream,
      state: 'running',
      ...(expected === undefined ? {} : { slot: expected }),
      step: 'hello',
      stepsMs: {},
      bytes: 0,
      totalBytes: bytes.length,
      startedMs: this.#now(),
    };
    const isTaken = this.#isWritten(device.place.id);
    const job = { abort: new AbortController(), stepFromMs: told.startedMs, told };
    this.#jobs.set(told.id, job);
    this.#forgetOldest();
    if (isTaken) this.#fail(job, beingWritten(device));
    else void this.#run(job, device, bytes, slot);
    this.#onChange();
    return job.told;
  }

  cancel(id: string): void {
    this.#jobs.get(id)?.abort.abort();
  }

  get isWriting(): boolean {
    return this.list().some(({ state }) => state === 'running');
  }

  #isWritten(device: string): boolean {
    return this.list().some((job) => job.device === device && job.state === 'running');
  }

  async #run(job: Job, device: BenchDevice, bytes: Uint8Array, slot: number | undefined): Promise<void> {
    const { signal } = job.abort;
    try {
      const { goldenVectors, sequence, resends, ...result } = await device.work((session, progress) =>
        flash(session, bytes, {
          signal,
          ...(slot === undefined ? {} : { slot }),
          onProgress: (now) => {
            progress(now.bytes, now.totalBytes);
            this.#progressed(job, now);
          },
        }),
      );
      this.#tell(job, {
        state: 'done',
        endedMs: this.#now(),
        slot: result.slot,
        stepsMs: result.phasesMs,
        bytesPerSecond: result.bytesPerSecond,
        result: { slot: result.slot, goldenVectors, sequence, resends },
      });
    } catch (error) {
      this.#fail(job, error);
    }
  }

  #progressed(job: Job, { phase, bytes, bytesPerSecond, secondsLeft }: FlashProgress): void {
    const nowMs = this.#now();
    const { step, stepsMs } = job.told;
    const isNext = phase !== step;
    const change: Partial<FlashJob> = isNext
      ? { step: phase, stepsMs: { ...stepsMs, [step]: nowMs - job.stepFromMs } }
      : {};
    if (isNext) job.stepFromMs = nowMs;
    this.#tell(job, {
      ...change,
      bytes,
      ...(bytesPerSecond === undefined ? {} : { bytesPerSecond }),
      ...(secondsLeft === undefined ? {} : { secondsLeft }),
    });
  }

  #fail(job: Job, error: unknown): void {
    const state = error instanceof CancelledError ? 'cancelled' : 'failed';
    this.#tell(job, { state, endedMs: this.#now(), error: failureOf(error) });
  }

  #tell(job: Job, change: Partial<FlashJob>): void {
    job.told = { ...job.told, ...change };
    this.#onChange();
  }

  /** Forgets jobs that have ended, beyond those that are kept. */
  #forgetOldest(): void {
    const ended = [...this.#jobs].filter(([, { told }]) => told.state !== 'running');
    for (const [id] of ended.slice(0, Math.max(0, ended.length - KEPT_JOBS))) this.#jobs.delete(id);
  }
}

const beingWritten = (device: BenchDevice): AppError =>
  new AppError('not-now', `${device.name} is being written already. Wait until it is done, or cancel that.`, {
    device: device.place.id,
  });

/**
 * Tells whether a device takes a bitstream, and where it would be written, by what the device last said. Nothing is asked: it may be in
 * the middle of something.
 */
export function fitOf(device: BenchDevice, bytes: Uint8Array): Fit {
  try {
    const { description, slots } = device.told();
    checkTakes(description, bytes, decodeBitstream(bytes));
    return { fits: true, slot: freeSlot(description, slots) };
  } catch (error) {
    return { fits: false, error: failureOf(error) };
  }
}
