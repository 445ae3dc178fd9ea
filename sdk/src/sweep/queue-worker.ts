/** A worker of the queue: it trains on this machine what sweeps on others ask for. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Job } from 'bullmq';
import { CancelledError } from '@adiabit/simulator/errors';
import { exists, makeFolder, readBytes, removeFile, writeWhole } from '../files.js';
import { withPackages } from '../packages/features.js';
import { checkpointFileIn } from '../workflow/train.js';
import { SweepError } from './errors.js';
import { readJob, writeOutcome, type TrialJob, type TrialOutcome } from './messages.js';
import type { QueuedTrial } from './queue-executor.js';
import { createTrialStore, openRedis, QUEUE_NAME, type Environment, type TrialStore } from './redis.js';
import { modelFileIn } from './trial.js';
import { createWorkerProcess, type TrialEpoch, type WorkerProcess } from './worker-process.js';

export interface QueueWorkerOptions {
  readonly url: string;
  readonly environment: Environment;
  /** Processes that train at the same time. */
  readonly workers: number;
  /** The folder that paths of a project count from. */
  readonly projectFolder: string;
  /** The folder for what is being trained. */
  readonly workFolder: string;
  /** Whether all workers share the work folder: checkpoints then need not go through Redis. */
  readonly isShared: boolean;
  /** Stops the worker; its trials go on elsewhere from their last epochs. */
  readonly signal: AbortSignal;
  readonly onBegin?: (job: TrialJob, epochsDone: number) => void;
  readonly onEpoch?: (id: string, epoch: TrialEpoch) => void;
  readonly onEnd?: (outcome: TrialOutcome) => void;
}

/** A trial whose worker has not been heard of for so long goes to another one. */
const LOCK_MS = 10_000;
const STALLED_CHECK_MS = 5000;

/**
 * Works on the queue until the signal fires.
 * @throws SweepError `sweep.no-queue`, or `sweep.other-inputs` for a sweep whose data are not here: its trial is put back for others
 */
export async function runQueueWorker(options: QueueWorkerOptions): Promise<void> {
  const { url, environment, workers, signal } = options;
  const redis = await openRedis(url, environment);
  const { Worker, WaitingError, UnrecoverableError } = await withPackages('sweeps', () => import('bullmq'));
  const store = createTrialStore(redis);
  const processes = Array.from({ length: workers }, createWorkerProcess);
  const idle = [...processes];
  const lost = new Map<string, AbortController>();
  const stop = new AbortController();
  let failure: Error | undefined;

  const process = async (job: Job<QueuedTrial, string>, token?: string): Promise<string> => {
    const trial = takeJob(job, (message) => new UnrecoverableError(message));
    const given = new AbortController();
    lost.set(trial.id, given);
    const worker = idle.pop()!;
    try {
      const outcome = await runTrial(trial, job, worker, {
        ...options,
        store,
        signal: AbortSignal.any([stop.signal, given.signal]),
      });
      options.onEnd?.(outcome);
      return writeOutcome(outcome);
    } catch (error) {
      // Another worker has it by now.
      if (given.signal.aborted && !stop.signal.aborted) throw error;
      if (!(error instanceof CancelledError)) {
        failure ??= asError(error);
        stop.abort();
      }
      await job.moveToWait(token);
      throw new WaitingError();
    } finally {
      idle.push(worker);
      lost.delete(trial.id);
    }
  };

  const worker = new Worker<QueuedTrial, string>(QUEUE_NAME, process, {
    connection: redis,
    concurrency: workers,
    lockDuration: LOCK_MS,
    stalledInterval: STALLED_CHECK_MS,
    maxStalledCount: Number.MAX_SAFE_INTEGER,
  });
  worker.on('error', () => undefined);
  // From now on the queue answers for the trial.
  worker.on('completed', ({ id = '' }) => void removeFolder(trialPlace(options.workFolder, id)));
  worker.on('lockRenewalFailed', (ids) => ids.forEach((id) => lost.get(id)?.abort()));
  if (signal.aborted) stop.abort();
  signal.addEventListener('abort', () => stop.abort());
  await new Promise<void>((resolve) => {
    if (stop.signal.aborted) resolve();
    else stop.signal.addEventListener('abort', () => resolve());
  });
  await worker.close();
  processes.forEach((one) => one.close());
  redis.disconnect();
  if (failure !== undefined) throw failure;
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

const trialPlace = (workFolder: string, id: string): string => join(workFolder, id.slice(0, 16));
const removeFolder = (folder: string): Promise<void> =>
  rm(folder, { recursive: true, force: true }).catch(() => undefined);

function takeJob(job: Job<QueuedTrial, string>, refuse: (message: string) => Error): TrialJob {
  try {
    // Who else can write to Redis may have put anything there.
    const { job: json }: { readonly job: unknown } = job.data;
    const trial = readJob(String(json));
    if (trial.id === job.id) return trial;
    throw new SweepError('bad-message', 'The trial has another id than its place in the queue.');
  } catch (error) {
    throw error instanceof SweepError ? refuse(error.message) : error;
  }
}

type RunOptions = Pick<QueueWorkerOptions, 'projectFolder' | 'workFolder' | 'isShared' | 'onBegin' | 'onEpoch'> & {
  readonly store: TrialStore;
  readonly signal: AbortSignal;
};

async function runTrial(
  trial: TrialJob,
  job: Job<QueuedTrial, string>,
  worker: WorkerProcess,
  { projectFolder, workFolder, isShared, onBegin, onEpoch, store, signal }: RunOptions,
): Promise<TrialOutcome> {
  const { id } = trial;
  const folder = trialPlace(workFolder, id);
  await makeFolder(folder);
  const checkpoint = checkpointFileIn(folder);
  if (!isShared) await fetchCheckpoint(store, id, checkpoint);
  onBegin?.(trial, await epochsIn(checkpoint));
  const uploads = new Latest(async () => {
    if (!isShared) await store.save('checkpoint', id, await readBytes(checkpoint));
  });
  const outcome = await worker.run(trial, {
    folder,
    projectFolder,
    signal,
    onEpoch: (epoch) => {
      uploads.renew();
      onEpoch?.(id, epoch);
      void job.updateProgress({ ...epoch }).catch(() => undefined);
    },
  });
  await uploads.settled();
  if (outcome.model !== undefined) await store.save('model', id, await readBytes(modelFileIn(folder)));
  return outcome;
}

/** Takes the checkpoint from Redis, unless the folder has one of as many epochs. */
async function fetchCheckpoint(store: TrialStore, id: string, file: string): Promise<void> {
  const bytes = await store.load('checkpoint', id);
  if (bytes === undefined) return;
  const fetched = `${file}.fetched`;
  await writeWhole(fetched, bytes);
  if ((await epochsIn(fetched)) > (await epochsIn(file))) await writeWhole(file, bytes);
  await removeFile(fetched);
}

/** Returns the epochs of a checkpoint; 0 if there is none, or a damaged one. */
async function epochsIn(file: string): Promise<number> {
  if (!(await exists(file))) return 0;
  const { loadHistory } = await import('../train/checkpoints/checkpoint.js');
  return loadHistory(file).then(
    ({ length }) => length,
    () => 0,
  );
}

/** Work that is only worth doing for the newest state: one at a time, and once more if something was new meanwhile. */
class Latest {
  readonly #work: () => Promise<void>;
  #running: Promise<void> | undefined;
  #isStale = false;
  #failure: Error | undefined;

  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  renew(): void {
    this.#isStale = true;
    this.#running ??= this.#run();
  }

  async settled(): Promise<void> {
    await this.#running;
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #run(): Promise<void> {
    while (this.#isStale) {
      this.#isStale = false;
      await this.#work().catch((error: unknown) => (this.#failure = asError(error)));
    }
    this.#running = undefined;
  }
}
