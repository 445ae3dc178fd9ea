import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { AdiabitError, CancelledError, DataError } from '../errors.js';
import { LaneSlicer } from '../engines/lane-slicer.js';
import { checkLengths, checkValues, type InferenceRun, type RunOptions } from '../engines/run.js';
import type { Machine } from '../fabric/machine.js';
import type { ThreadReply, ThreadRequest, ThreadStart } from './thread.js';
import { threadsWorth } from './worth.js';

/** Threads that hold one circuit each and share inputs out. */
export interface Crew {
  /** How many there are, which may be fewer than were asked for. */
  readonly threads: number;
  /**
   * As `runInferences` does, one run after the other; outputs and classes lie in shared memory, cycles are those of all threads
   * together. Aborting closes the crew.
   */
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
/** Room for inputs that wait for a thread, in groups: many, because every message holds both threads up; few of large inputs. */
const WAITING_BYTES = 1 << 21;
const waitingGroups = (groupBytes: number): number =>
  2 * Math.min(8, Math.max(1, Math.floor(WAITING_BYTES / (2 * groupBytes))));

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
  const threads = threadsWorth({ wanted, pieces: Math.ceil(inputs / LANES), cores });
  const slicer = new LaneSlicer(circuit.shape, LANES / 32);
  const groupBytes = slicer.planes.reduce((sum, plane) => sum + plane.byteLength, 0);
  const groups = waitingGroups(groupBytes);
  const rings = Array.from({ length: threads }, () => new Uint32Array(new SharedArrayBuffer(groups * groupBytes)));
  const workers = rings.map((waiting) => {
    const start: ThreadStart = { circuit, waiting, groups };
    return new Worker(entry, { workerData: start });
  });
  const close = async (): Promise<void> => {
    await Promise.all(workers.map((worker) => worker.terminate()));
  };
  try {
    await Promise.all(workers.map((worker) => once(worker, 'message')));
  } catch (error) {
    await close();
    throw error;
  }
  let last: Promise<unknown> = Promise.resolve();
  const run = (given: readonly Uint8Array[], options: CrewRunOptions = {}): Promise<InferenceRun> => {
    // One run after the other: they share engines and the memory for inputs.
    const result = last.then(() => share(circuit, workers, { slicer, rings, groups }, given, options, close));
    last = result.catch(() => undefined);
    return result;
  };
  return { threads, run, close };
}

async function share(
  { shape }: Machine,
  workers: readonly Worker[],
  supply: Supply,
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
  const lines = edges
    .slice(1)
    .map((to, thread) => new WaitingLine(supply, filled, thread, inputs.slice(edges[thread], to), shape.inputBits));
  const done = workers.map(() => 0);
  const shares = workers.map((worker, thread) => {
    const [from, to] = [edges[thread], edges[thread + 1]];
    const own = {
      outputs: outputs.subarray(from * outputCount, to * outputCount),
      classes: classes.subarray(from, to),
    };
    const request: ThreadRequest = { filled, ...own, thread, from, to };
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
      ...{ count: inputs.length, outputCount, outputs, classes },
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

/** What brings inputs to the threads. */
interface Supply {
  readonly slicer: LaneSlicer;
  /** By thread, room for so many groups of inputs. */
  readonly rings: readonly Uint32Array[];
  readonly groups: number;
}

/**
 * Inputs of a share on their way to its thread, turned into lanes: a ring that the thread empties while it is filled. They are turned
 * here because inputs of one bit are an eighth as large afterwards.
 */
class WaitingLine {
  private added = 0;

  constructor(
    private readonly supply: Supply,
    private readonly filled: Int32Array,
    private readonly thread: number,
    private readonly inputs: readonly Uint8Array[],
    private readonly inputBits: number,
  ) {}

  /** Adds what there is room for once so many inputs of the share are no longer needed. */
  fill(taken: number): void {
    const { supply, filled, thread, inputs } = this;
    const { slicer, groups } = supply;
    while (this.added < inputs.length && this.added + LANES - taken <= groups * LANES && filled[thread] >= 0) {
      const end = Math.min(this.added + LANES, inputs.length);
      if (slicer.slice(inputs, this.added, end) >>> this.inputBits !== 0) {
        filled.forEach((_, other) => tell(filled, other, -1));
        return;
      }
      const slot = (this.added / LANES) % groups;
      slicer.planes.forEach((plane, bit) => {
        supply.rings[thread].set(plane, (slot * slicer.planes.length + bit) * plane.length);
      });
      this.added = end;
      tell(filled, thread, end);
    }
  }
}

function tell(filled: Int32Array, thread: number, value: number): void {
  Atomics.store(filled, thread, value);
  Atomics.notify(filled, thread);
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
      if (reply.kind === 'done') {
        onProgress(request.to - request.from);
        resolve(reply.cycles);
      }
      if (reply.kind === 'failed') reject(new AdiabitError(reply.code, reply.message));
    };
    worker.on('message', onMessage);
    worker.on('error', onError);
    worker.postMessage(request);
  });
}
