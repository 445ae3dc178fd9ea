import { decodeBitstream } from '@adiabit/simulator/bitstream';
import { CancelledError } from '@adiabit/simulator/errors';
import { checkTakes, flash, freeSlot } from '@adiabit/sdk/device';
import type { Fit, FlashJob } from '../../common/contract/flashing.js';
import { failureOf } from '../../common/failure.js';
import type { BenchDevice } from './device.js';

/** The jobs that are kept after they ended. */
const KEPT_JOBS = 200;

interface Job {
  readonly abort: AbortController;
  told: FlashJob;
}

/** Bitstreams on their way to devices: one job a device, side by side. */
export class FlashJobs {
  readonly #jobs = new Map<string, Job>();
  readonly #onChange: () => void;
  readonly #now: () => number;
  #count = 0;

  constructor(onChange: () => void, now: () => number = Date.now) {
    this.#onChange = onChange;
    this.#now = now;
  }

  list(): readonly FlashJob[] {
    return [...this.#jobs.values()].map(({ told }) => told);
  }

  /** Begins to write; returns at once. */
  start(device: BenchDevice, bitstream: string, bytes: Uint8Array, slot: number | undefined): FlashJob {
    const id = String(++this.#count);
    const told: FlashJob = {
      id,
      device: device.place.id,
      bitstream,
      state: 'running',
      step: 'hello',
      bytes: 0,
      totalBytes: bytes.length,
      startedMs: this.#now(),
    };
    const job = { abort: new AbortController(), told };
    this.#jobs.set(id, job);
    for (const old of [...this.#jobs.keys()].slice(0, -KEPT_JOBS)) this.#jobs.delete(old);
    void this.#run(job, device, bytes, slot);
    this.#onChange();
    return told;
  }

  cancel(id: string): void {
    this.#jobs.get(id)?.abort.abort();
  }

  get isWriting(): boolean {
    return [...this.#jobs.values()].some(({ told }) => told.state === 'running');
  }

  async #run(job: Job, device: BenchDevice, bytes: Uint8Array, slot: number | undefined): Promise<void> {
    const { signal } = job.abort;
    try {
      const result = await device.work((session, progress) =>
        flash(session, bytes, {
          signal,
          ...(slot === undefined ? {} : { slot }),
          onProgress: ({ phase, bytes: done, totalBytes, bytesPerSecond, secondsLeft }) => {
            progress(done, totalBytes);
            this.#tell(job, {
              step: phase,
              bytes: done,
              ...(bytesPerSecond === undefined ? {} : { bytesPerSecond }),
              ...(secondsLeft === undefined ? {} : { secondsLeft }),
            });
          },
        }),
      );
      const { goldenVectors, sequence, resends } = result;
      this.#tell(job, {
        ...ended(this.#now(), 'done'),
        result: { slot: result.slot, goldenVectors, sequence, resends },
      });
    } catch (error) {
      const state = error instanceof CancelledError ? 'cancelled' : 'failed';
      this.#tell(job, { ...ended(this.#now(), state), error: failureOf(error) });
    }
  }

  #tell(job: Job, change: Partial<FlashJob>): void {
    job.told = { ...job.told, ...change };
    this.#onChange();
  }
}

const ended = (endedMs: number, state: FlashJob['state']): Partial<FlashJob> => ({ state, endedMs });

/** Tells whether a device has room for a bitstream, and where it would be written. */
export async function fitOf(device: BenchDevice, bytes: Uint8Array): Promise<Fit> {
  try {
    const session = await device.session();
    checkTakes(session.device, bytes, decodeBitstream(bytes));
    return { fits: true, slot: freeSlot(session.device, await session.slots()) };
  } catch (error) {
    return { fits: false, error: failureOf(error) };
  }
}
