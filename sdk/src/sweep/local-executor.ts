import { CancelledError } from '@adiabit/simulator/errors';
import type { Executor, ExecutorEvents } from './executor.js';
import type { TrialJob, TrialOutcome } from './messages.js';
import { createWorkerProcess, type WorkerProcess } from './worker-process.js';

export interface LocalExecutorOptions extends ExecutorEvents {
  readonly workers: number;
  /** Gives the folder of a trial. */
  readonly folderOf: (id: string) => string;
  readonly projectFolder: string;
  readonly signal?: AbortSignal | undefined;
}

/** Runs trials in processes on this machine, in the order in which they come. */
export function createLocalExecutor(options: LocalExecutorOptions): Executor {
  const { workers, folderOf, projectFolder, signal, onEpoch, onAgain } = options;
  const all = Array.from({ length: workers }, createWorkerProcess);
  const idle = [...all];
  const waiting: ((worker: WorkerProcess) => void)[] = [];

  const take = (): Promise<WorkerProcess> => {
    const worker = idle.pop();
    return worker === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(worker);
  };
  const giveBack = (worker: WorkerProcess): void => {
    const next = waiting.shift();
    if (next === undefined) idle.push(worker);
    else next(worker);
  };

  const run = async (job: TrialJob): Promise<TrialOutcome> => {
    const worker = await take();
    try {
      if (signal?.aborted === true) throw new CancelledError();
      return await worker.run(job, {
        folder: folderOf(job.id),
        projectFolder,
        signal,
        onEpoch: (epoch) => onEpoch?.(job.id, epoch),
        onAgain: () => onAgain?.(job.id),
      });
    } finally {
      giveBack(worker);
    }
  };
  return {
    run,
    close: () => {
      for (const worker of all) worker.close();
      return Promise.resolve();
    },
  };
}
