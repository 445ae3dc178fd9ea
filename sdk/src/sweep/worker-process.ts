import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { AdiabitError, CancelledError, type ErrorCode, type ErrorDetails } from '@adiabit/simulator/errors';
import { workerFile } from '@adiabit/simulator/workers';
import { SweepError } from './errors.js';
import { readOutcome, writeJob, type TrialJob, type TrialOutcome } from './messages.js';

/** How far a trial is, after an epoch. */
export interface TrialEpoch {
  readonly epoch: number;
  readonly epochs: number;
  readonly hardAccuracy: number;
}

export type ToTrial =
  | { readonly kind: 'run'; readonly job: string; readonly folder: string; readonly projectFolder: string }
  | { readonly kind: 'stop' };

export type FromTrial =
  | { readonly kind: 'epoch'; readonly epoch: TrialEpoch }
  | { readonly kind: 'outcome'; readonly outcome: string }
  | { readonly kind: 'error'; readonly code?: ErrorCode; readonly message: string; readonly details?: ErrorDetails };

export interface TrialPlace {
  readonly folder: string;
  readonly projectFolder: string;
  readonly signal?: AbortSignal | undefined;
  readonly onEpoch?: (epoch: TrialEpoch) => void;
  /** Called when the process ended and the trial goes on in another one. */
  readonly onAgain?: () => void;
}

/** A process that trains one trial at a time. If it is killed, the trial goes on in a new one, from its last epoch. */
export interface WorkerProcess {
  /** @throws SweepError `sweep.worker-ended`, `sweep.other-inputs`; CancelledError; what training throws */
  run(job: TrialJob, place: TrialPlace): Promise<TrialOutcome>;
  /** Ends the process. */
  close(): void;
}

/** A trial whose process ends this often without an epoch in between would end it again. */
const MOST_ENDS = 5;

/** Makes a worker; its process is started by the first trial. */
export function createWorkerProcess(): WorkerProcess {
  let child: ChildProcess | undefined;
  let isClosed = false;
  const close = (): void => {
    isClosed = true;
    child?.kill('SIGKILL');
    child = undefined;
  };

  /** Resolves to undefined when the process has ended before the outcome. */
  function attempt(job: TrialJob, place: TrialPlace, onEpoch: () => void): Promise<TrialOutcome | undefined> {
    const file = fileURLToPath(workerFile(import.meta.url, 'trial-process.js'));
    const process = (child ??= fork(file, { serialization: 'advanced', execArgv: [] }));
    const send = (message: ToTrial): void => void process.send(message, () => undefined);
    const { signal } = place;
    return new Promise((resolve, reject) => {
      const onStop = (): void => send({ kind: 'stop' });
      const onMessage = (message: FromTrial): void => {
        if (message.kind === 'epoch') {
          onEpoch();
          place.onEpoch?.(message.epoch);
        } else {
          leave();
          if (message.kind === 'outcome') resolve(readOutcome(message.outcome));
          else reject(errorOf(message));
        }
      };
      const onExit = (): void => {
        leave();
        if (child === process) child = undefined;
        resolve(undefined);
      };
      const leave = (): void => {
        process.off('message', onMessage).off('exit', onExit).off('error', onExit);
        signal?.removeEventListener('abort', onStop);
      };
      process.on('message', onMessage).on('exit', onExit).on('error', onExit);
      signal?.addEventListener('abort', onStop);
      send({ kind: 'run', job: writeJob(job), folder: place.folder, projectFolder: place.projectFolder });
      if (signal?.aborted === true) onStop();
    });
  }

  return {
    close,
    run: async (job, place) => {
      for (let ends = 0; ends < MOST_ENDS; ends++) {
        const outcome = await attempt(job, place, () => (ends = 0));
        if (outcome !== undefined) return outcome;
        if (isClosed || place.signal?.aborted === true) throw new CancelledError();
        place.onAgain?.();
      }
      const message = `The process of trial ${job.id.slice(0, 8)} ended ${MOST_ENDS} times without an epoch in between.`;
      throw new SweepError('worker-ended', message, { id: job.id, ends: MOST_ENDS });
    },
  };
}

function errorOf({ code, message, details }: Extract<FromTrial, { readonly kind: 'error' }>): Error {
  if (code === undefined) return new Error(message);
  return code === 'cancelled' ? new CancelledError(message, details) : new AdiabitError(code, message, details);
}
