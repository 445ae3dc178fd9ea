import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { AdiabitError, CancelledError, DataError } from '../errors.js';
import { checkLengths, checkValues, type InferenceRun, type RunOptions } from '../engines/run.js';
import type { Machine } from '../fabric/machine.js';
import type { ThreadReply, ThreadRequest, ThreadStart } from './thread.js';
import { threadsWorth } from './worth.js';

/** Threads that hold one circuit each and share inputs out. */
export interface Crew {
  /** How many there are, which may be fewer than were asked for. */
  readonly threads: number;
  /** As `runInferences` does, one run after the other; cycles are those of all threads together. Aborting closes the crew. */
  run(inputs: readonly Uint8Array[], options?: CrewRunOptions): Promise<InferenceRun>;
  close(): Promise<void>;
}

export type CrewRunOptions = RunOptions;

export interface CrewOptions {
  /** At most so many inputs will be in a run; if absent, as many as threads can share. */
  readonly inputs?: number;
  /** Of the processor, instead of those that this process may use. */
  readonly cores?: number;
}

/** Inputs of a share are a multiple of this: the lanes of an engine. */
const LANES = 512;
/** Groups of so many inputs that wait for a thread. Few, so that they stay in the processor's cache on their way. */
const WAITING_GROUPS = 4;

/**
 * Starts threads, each with its own compiled engine; resolves when all are ready.
 * @param wanted at most so many: no more are started than there are cores, and full passes of inputs
 * @throws DataError `data.bad-value` for a number of threads that is not 1 or more
 */
export async function openCrew(
  circuit: Machine,
  wanted: number,
  { inputs = Infinity, cores }: CrewOptions = {},
): Promise<Crew> {
  if (!Number.isInteger(wanted) || wanted < 1) {
    throw new DataError('bad-value', `There have to be 1 or more threads, not ${wanted}.`, { threads: wanted });
  }
  const pieces = Math.ceil(inputs / LANES);
  const threads = threadsWorth({ wanted, pieces, cores });
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
  const { inputCount } = circuit.shape;
  const ring = new Uint8Array(new SharedArrayBuffer(threads * WAITING_GROUPS * LANES * inputCount));
  let last: Promise<unknown> = Promise.resolve();
  const run = (given: readonly Uint8Array[], options: CrewRunOptions = {}): Promise<InferenceRun> => {
    // One run after the other: they share engines and the memory for inputs.
    const result = last.then(() => share(circuit, workers, ring, given, options, close));
    last = result.catch(() => undefined);
    return result;
  };
  return { threads, run, close };
}

async function share(
  { shape }: Machine,
  workers: readonly Worker[],
  ring: Uint8Array,
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
  const lines = workers.map((_, thread) => {
    const own = ring.subarray((thread * ring.length) / workers.length, ((thread + 1) * ring.length) / workers.length);
    return new WaitingLine(own, filled, thread, inputs, edges[thread], edges[thread + 1]);
  });
  const done = workers.map(() => 0);
  const shares = workers.map((worker, thread) => {
    const request: ThreadRequest = {
      ...{ waiting: lines[thread].values, filled, outputs, classes, thread },
      ...{ from: edges[thread], to: edges[thread + 1] },
    };
    const onTaken = (taken: number): void => lines[thread].fill(taken);
    return exchange(worker, request, onTaken, (count) => {
      done[thread] = count;
      onProgress?.(
        done.reduce((sum, one) => sum + one, 0),
        inputs.length,
      );
    });
  });
  for (const line of lines) line.fill(0);
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

/** Inputs of a share on their way to its thread: a ring that the thread empties while it is filled. */
class WaitingLine {
  private added = 0;
  private readonly room: number;

  constructor(
    readonly values: Uint8Array,
    private readonly filled: Int32Array,
    private readonly thread: number,
    private readonly inputs: readonly Uint8Array[],
    private readonly from: number,
    private readonly to: number,
  ) {
    this.room = WAITING_GROUPS * LANES;
  }

  /** Adds what there is room for once so many inputs of the share were taken out. */
  fill(taken: number): void {
    const count = this.to - this.from;
    while (this.added < count && this.added + LANES - taken <= this.room) {
      const end = Math.min(this.added + LANES, count);
      for (let index = this.added; index < end; index++) {
        const input = this.inputs[this.from + index];
        this.values.set(input, (index % this.room) * input.length);
      }
      this.added = end;
      Atomics.store(this.filled, this.thread, end);
      Atomics.notify(this.filled, this.thread);
    }
  }
}

/** Threads take compiled files only: from the sources, as tests run them, the one that the build made. */
const entry = new URL(
  import.meta.url.endsWith('.ts') ? '../../dist/threads/thread.js' : './thread.js',
  import.meta.url,
);

/** Hands a share to a thread; the cycles it took. */
function exchange(
  worker: Worker,
  request: ThreadRequest,
  onTaken: (taken: number) => void,
  onProgress: (done: number) => void,
): Promise<number> {
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
      if (reply.kind === 'taken') {
        onTaken(reply.taken);
        return;
      }
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
