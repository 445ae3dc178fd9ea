/** Runs the trials of a sweep on workers behind a queue: BullMQ on Redis. */
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Job, Queue, QueueEvents } from 'bullmq';
import { z } from 'zod';
import { CancelledError } from '@adiabit/simulator/errors';
import { makeFolder, writeWhole } from '../files.js';
import { withPackages } from '../packages/features.js';
import { digestOf } from '../project/digest.js';
import { SweepError } from './errors.js';
import type { Executor, ExecutorEvents } from './executor.js';
import { readOutcome, writeJob, type TrialJob, type TrialOutcome } from './messages.js';
import { createTrialStore, openRedis, QUEUE_NAME, type Environment, type TrialStore } from './redis.js';
import { trialFolder, type OpenedSweep } from './run-sweep.js';
import { modelFileIn } from './trial.js';

export interface QueueExecutorOptions extends ExecutorEvents {
  readonly swept: Pick<OpenedSweep, 'folder'>;
  readonly url: string;
  readonly environment: Environment;
  readonly signal?: AbortSignal | undefined;
}

/** How a job is kept in the queue. */
export interface QueuedTrial {
  readonly job: string;
}

interface Awaited {
  readonly job: TrialJob;
  readonly resolve: (outcome: TrialOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/** Events of the queue can be missed while Redis is away, so it is also asked from time to time. */
const ASK_MS = 5000;

/** How long closing may take: where Redis has been away at the wrong moment, the library waits for ever. */
const FAREWELL_MS = 2000;

const epochSchema = z.strictObject({
  epoch: z.int().min(1),
  epochs: z.int().min(1),
  hardAccuracy: z.number().min(0).max(1),
});

/**
 * Connects to the queue. Its trials outlive this process: what workers finish meanwhile is collected by the next one.
 * @throws SweepError `sweep.no-queue`
 */
export async function createQueueExecutor(options: QueueExecutorOptions): Promise<Executor> {
  const redis = await openRedis(options.url, options.environment);
  const bullmq = await withPackages('sweeps', () => import('bullmq'));
  const queue = new bullmq.Queue<QueuedTrial, string>(QUEUE_NAME, { connection: redis });
  const eventsRedis = redis.duplicate();
  const events = new bullmq.QueueEvents(QUEUE_NAME, { connection: eventsRedis });
  queue.on('error', () => undefined);
  events.on('error', () => undefined);
  eventsRedis.on('error', () => undefined);
  const collector = new Collector(queue, createTrialStore(redis), options.swept.folder);
  collector.listen(events, options);
  const timer = setInterval(() => void collector.askForAll(), ASK_MS);
  const onAbort = (): void => collector.cancel();
  options.signal?.addEventListener('abort', onAbort);
  return {
    run: (job) => collector.run(job),
    close: async () => {
      clearInterval(timer);
      options.signal?.removeEventListener('abort', onAbort);
      await atMost(FAREWELL_MS, Promise.allSettled([events.close(), queue.close()]));
      redis.disconnect();
      eventsRedis.disconnect();
    },
  };
}

/** Adds trials to the queue, and collects what became of them. */
class Collector {
  readonly #queue: Queue<QueuedTrial, string>;
  readonly #store: TrialStore;
  readonly #folder: string;
  readonly #awaited = new Map<string, Awaited>();
  readonly #asking = new Set<string>();

  constructor(queue: Queue<QueuedTrial, string>, store: TrialStore, folder: string) {
    this.#queue = queue;
    this.#store = store;
    this.#folder = folder;
  }

  run(job: TrialJob): Promise<TrialOutcome> {
    return new Promise((resolve, reject) => {
      this.#awaited.set(job.id, { job, resolve, reject });
      this.#begin(job).catch((error: unknown) => this.#fail(job.id, error));
    });
  }

  /** Leaves the trials in the queue, and waits for none of them any more. */
  cancel(): void {
    const message = 'Cancelled. Workers go on with the queue; the same command collects what they finish.';
    for (const id of [...this.#awaited.keys()]) this.#fail(id, new CancelledError(message));
  }

  listen(events: QueueEvents, { onEpoch }: ExecutorEvents): void {
    const ended = ({ jobId }: { readonly jobId: string }): void => void this.#ask(jobId);
    events.on('completed', ended);
    events.on('failed', ended);
    events.on('progress', ({ jobId, data }) => {
      const epoch = epochSchema.safeParse(data);
      if (epoch.success && this.#awaited.has(jobId)) onEpoch?.(jobId, epoch.data);
    });
  }

  async askForAll(): Promise<void> {
    for (const id of [...this.#awaited.keys()]) await this.#ask(id);
  }

  /** Adds a trial, unless it is in the queue from before. One that failed there is tried again. */
  async #begin(job: TrialJob): Promise<void> {
    const before = await this.#queue.getJob(job.id);
    if (before !== undefined && (await before.isFailed())) await before.remove();
    await this.#add(job);
    await this.#ask(job.id);
  }

  async #add(job: TrialJob): Promise<void> {
    await this.#queue.add('trial', { job: writeJob(job) }, { jobId: job.id });
  }

  /** Looks what became of a trial. Where Redis has lost it, it is added again. */
  async #ask(id: string): Promise<void> {
    const awaited = this.#awaited.get(id);
    if (awaited === undefined || this.#asking.has(id)) return;
    this.#asking.add(id);
    try {
      // The state first: what is read of a job that has ended does not change any more.
      const state = await this.#queue.getJobState(id);
      const found = await this.#queue.getJob(id);
      if (found === undefined) await this.#add(awaited.job);
      else if (state === 'completed') await this.#collect(found, awaited);
      else if (state === 'failed')
        this.#fail(id, new SweepError('bad-message', `No worker takes trial ${id.slice(0, 8)}: ${found.failedReason}`));
    } catch (error) {
      // Redis being away is waited for; what the outcome says is not.
      if (error instanceof SweepError) this.#fail(id, error);
      else if (!isAway(error)) this.#fail(id, error);
    } finally {
      this.#asking.delete(id);
    }
  }

  async #collect(found: Job<QueuedTrial, string>, { job, resolve }: Awaited): Promise<void> {
    const { id } = job;
    const outcome = readOutcome(found.returnvalue);
    if (outcome.model !== undefined) await this.#keepModel(id, outcome.model);
    this.#awaited.delete(id);
    resolve(outcome);
    // The caller writes the outcome; until then the job answers for it.
    await found.remove();
    await this.#store.remove(id);
  }

  async #keepModel(id: string, digest: string): Promise<void> {
    const bytes = await this.#store.load('model', id);
    if (bytes === undefined || digestOf(bytes) !== digest)
      throw new SweepError(
        'bad-message',
        `The model of trial ${id.slice(0, 8)} is not the one that its outcome names.`,
      );
    const folder = trialFolder(this.#folder, id);
    await makeFolder(join(folder));
    await writeWhole(modelFileIn(folder), bytes);
  }

  #fail(id: string, error: unknown): void {
    this.#awaited.get(id)?.reject(error);
    this.#awaited.delete(id);
  }
}

async function atMost(timeoutMs: number, work: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  const timeout = wait(timeoutMs, undefined, { signal: over.signal }).catch(() => undefined);
  await Promise.race([work, timeout]);
  over.abort();
}

const isAway = (error: unknown): boolean =>
  /connection|ECONN|EPIPE|LOADING|READONLY|closed/i.test(error instanceof Error ? error.message : '');
