import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { AdiabitError, CancelledError, DataError } from '../errors.js';
import { checkInputs, type InferenceRun, type RunOptions } from '../engines/run.js';
import type { Machine } from '../fabric/machine.js';
import type { ThreadReply, ThreadRequest, ThreadStart } from './thread.js';

/** Threads that hold one circuit each and share inputs out. */
export interface Crew {
  readonly threads: number;
  /** As `runInferences` does; cycles are those of all threads together. Aborting closes the crew. */
  run(inputs: readonly Uint8Array[], options?: CrewRunOptions): Promise<InferenceRun>;
  close(): Promise<void>;
}

export type CrewRunOptions = RunOptions;

/** Inputs of a share are a multiple of this: the lanes of an engine. */
const LANES = 512;

/**
 * Starts threads, each with its own compiled engine; resolves when all are ready.
 * @throws DataError `data.bad-value` for a number of threads that is not 1 or more
 */
export async function openCrew(circuit: Machine, threads: number): Promise<Crew> {
  if (!Number.isInteger(threads) || threads < 1) {
    throw new DataError('bad-value', `There have to be 1 or more threads, not ${threads}.`, { threads });
  }
  const start: ThreadStart = { circuit };
  const workers = Array.from({ length: threads }, () => new Worker(entry, { workerData: start }));
  const close = async (): Promise<void> => {
    await Promise.all(workers.map((worker) => worker.terminate()));
  };
  try {
    await Promise.all(workers.map((worker) => once(worker, 'message')));
  } catch (error) {
    await close();
    throw error;
  }
  return { threads, run: (inputs, options) => share(circuit, workers, inputs, options ?? {}, close), close };
}

async function share(
  { shape }: Machine,
  workers: readonly Worker[],
  inputs: readonly Uint8Array[],
  { onProgress, signal }: CrewRunOptions,
  close: () => Promise<void>,
): Promise<InferenceRun> {
  const { inputCount: width, outputCount } = shape;
  // Here, where inputs have their own numbers: a thread counts from the start of its share.
  checkInputs({ shape }, inputs);
  const values = new Uint8Array(new SharedArrayBuffer(inputs.length * width));
  inputs.forEach((input, index) => values.set(input, index * width));
  const outputs = new Int32Array(new SharedArrayBuffer(4 * inputs.length * outputCount));
  const classes = new Uint16Array(new SharedArrayBuffer(2 * inputs.length));
  const groups = Math.ceil(inputs.length / LANES);
  const done = workers.map(() => 0);
  const shares = workers.map((worker, thread) => {
    const [from, to] = [thread, thread + 1].map((edge) =>
      Math.min(inputs.length, LANES * Math.floor((groups * edge) / workers.length)),
    );
    const request: ThreadRequest = { values, outputs, classes, from, to };
    return exchange(worker, request, (count) => {
      done[thread] = count;
      onProgress?.(
        done.reduce((sum, one) => sum + one, 0),
        inputs.length,
      );
    });
  });
  const aborted = new Promise<never>((_, reject) => {
    const stop = (): void => {
      reject(new CancelledError('Simulation cancelled.'));
    };
    if (signal?.aborted === true) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
  try {
    const cycles = await Promise.race([Promise.all(shares), aborted]);
    return {
      ...{ count: inputs.length, outputCount },
      ...{ outputs: outputs.slice(), classes: classes.slice() },
      cycles: cycles.reduce((sum, one) => sum + one, 0),
    };
  } catch (error) {
    await Promise.allSettled(signal?.aborted === true ? [] : shares);
    if (signal?.aborted === true) await close();
    throw error;
  }
}

/** Threads take compiled files only: from the sources, as tests run them, the one that the build made. */
const entry = new URL(
  import.meta.url.endsWith('.ts') ? '../../dist/threads/thread.js' : './thread.js',
  import.meta.url,
);

/** Hands a share to a thread; the cycles it took. */
function exchange(worker: Worker, request: ThreadRequest, onProgress: (done: number) => void): Promise<number> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      worker.off('message', onMessage);
      worker.off('error', onError);
    };
    const onError = (error: Error): void => {
      end();
      reject(error);
    };
    const onMessage = (reply: ThreadReply): void => {
      if (reply.kind === 'progress') {
        onProgress(reply.done);
        return;
      }
      end();
      if (reply.kind === 'done') resolve(reply.cycles);
      if (reply.kind === 'failed') reject(new AdiabitError(reply.code, reply.message));
    };
    worker.on('message', onMessage);
    worker.on('error', onError);
    worker.postMessage(request);
  });
}
