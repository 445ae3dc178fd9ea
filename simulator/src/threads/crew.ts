import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { AdiabitError, CancelledError, DataError } from '../errors.js';
import { checkLengths, checkValues, type InferenceRun, type RunOptions } from '../engines/run.js';
import type { Machine } from '../fabric/machine.js';
import type { ThreadReply, ThreadRequest, ThreadStart } from './thread.js';

/** Threads that hold one circuit each and share inputs out. */
export interface Crew {
  readonly threads: number;
  /** As `runInferences` does, one run after the other; cycles are those of all threads together. Aborting closes the crew. */
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
  let buffer = new SharedArrayBuffer(0);
  let last: Promise<unknown> = Promise.resolve();
  const run = (inputs: readonly Uint8Array[], options: CrewRunOptions = {}): Promise<InferenceRun> => {
    // One run after the other: they share engines and the memory for inputs, which is kept because fresh pages are slow.
    const result = last.then(() => {
      const bytes = inputs.length * circuit.shape.inputCount;
      if (buffer.byteLength < bytes) buffer = new SharedArrayBuffer(bytes);
      return share(circuit, workers, new Uint8Array(buffer), inputs, options, close);
    });
    last = result.catch(() => undefined);
    return result;
  };
  return { threads, run, close };
}

async function share(
  { shape }: Machine,
  workers: readonly Worker[],
  values: Uint8Array,
  inputs: readonly Uint8Array[],
  { onProgress, signal }: CrewRunOptions,
  close: () => Promise<void>,
): Promise<InferenceRun> {
  const { outputCount } = shape;
  checkLengths(shape, inputs);
  const outputs = new Int32Array(new SharedArrayBuffer(4 * inputs.length * outputCount));
  const classes = new Uint16Array(new SharedArrayBuffer(2 * inputs.length));
  const filled = new Int32Array(new SharedArrayBuffer(4 * workers.length));
  const groups = Math.ceil(inputs.length / LANES);
  const edges = Array.from({ length: workers.length + 1 }, (_, edge) =>
    Math.min(inputs.length, LANES * Math.floor((groups * edge) / workers.length)),
  );
  const done = workers.map(() => 0);
  const shares = workers.map((worker, thread) => {
    const request: ThreadRequest = {
      ...{ values, filled, outputs, classes, thread },
      ...{ from: edges[thread], to: edges[thread + 1] },
    };
    return exchange(worker, request, (count) => {
      done[thread] = count;
      onProgress?.(
        done.reduce((sum, one) => sum + one, 0),
        inputs.length,
      );
    });
  });
  fill(values, filled, inputs, edges);
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
    // Of several wrong inputs in several shares, the first one in the list.
    if (error instanceof AdiabitError && error.code === 'data.bad-value') checkValues(shape, inputs);
    throw error;
  }
}

/** Copies the inputs to where threads find them, a group of every share in turn, so that all threads start at once. */
function fill(values: Uint8Array, filled: Int32Array, inputs: readonly Uint8Array[], edges: readonly number[]): void {
  const longest = Math.max(...filled.map((_, thread) => edges[thread + 1] - edges[thread]));
  for (let start = 0; start < longest; start += LANES) {
    for (let thread = 0; thread < filled.length; thread++) {
      const from = edges[thread] + start;
      const to = Math.min(from + LANES, edges[thread + 1]);
      if (from >= to) continue;
      for (let index = from; index < to; index++) values.set(inputs[index], index * inputs[index].length);
      Atomics.store(filled, thread, to - edges[thread]);
      Atomics.notify(filled, thread);
    }
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
